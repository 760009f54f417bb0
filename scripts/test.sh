#!/usr/bin/env bash
# Runs every test of the project and ends with one line, `N passed, N failed`, that counts what really ran:
# format check, unit tests (ctest), lit suites, Python tests (operator conformance, tools, demo accuracy,
# and the models in ../shared where that folder exists), and the tests of the wheel, installed by itself.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
passed=0
failed=0

finish() {
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0 && passed > 0))
  exit
}

# count NAME PATTERN...: the sum of the numbers inside the last match of each pattern in NAME's log.
count() {
  local log=$logs/$1.log pattern
  shift
  for pattern in "$@"; do
    grep -oE "$pattern" "$log" | tail -n 1 | grep -oE '[0-9]+'
  done | awk '{ sum += $1 } END { print sum + 0 }'
}

# add STATUS GOOD BAD: a suite that failed without naming a failed test counts as one failure.
add() {
  passed=$((passed + $2))
  failed=$((failed + $3))
  if (($1 != 0 && $3 == 0)); then failed=$((failed + 1)); fi
}

check_format() {
  cd "$root" || return 1
  find dialects examples include lib test tools \( -name '*.cpp' -o -name '*.h' \) -print0 |
    xargs -0 -n 40 -P 2 clang-format-22 --dry-run -Werror
}

unit_tests() {
  # The lit suites have a stage of their own.
  ctest --test-dir "$build" --output-on-failure --timeout 300 -j 2 -E '^lit$'
}

lit_tests() {
  # Only tests with a RUN line are lit's; the site configuration is made by CMake. Time limits
  # of tests need psutil, which the virtual environment has.
  "$venv/bin/python" /usr/lib/llvm-22/bin/lit -v --timeout 120 "$build/test"
}

python_tests() {
  cd "$root" && PYTHONPATH=python "$venv/bin/python" -m pytest -q -p no:cacheprovider -ra python/tests
}

build_wheel() {
  "$root/scripts/wheel.sh"
}

# The wheel in an environment with nothing else but what it depends on; pytest and the references come from
# ours.
wheel_tests() {
  local empty=$build/wheel/venv site
  site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  rm -rf "$empty" && "$(debian_tool python3)" -m venv "$empty" &&
    "$empty/bin/python" -m pip install --quiet --disable-pip-version-check \
      -c "$root/python/requirements.txt" "$root"/dist/openatc-*.whl &&
    cd "$root/python/tests/wheel" &&
    PYTHONPATH=$site "$empty/bin/python" -m pytest -q -p no:cacheprovider -ra --confcutdir=. .
}

if ! set_up; then
  failed=1
  finish
fi

stage "Checking the format of the sources" format check_format
status=$?
add $status $((status == 0)) $((status != 0))

stage "Running the unit tests" unit unit_tests
status=$?
bad=$(count unit '[0-9]+ tests failed out of')
add $status $(($(count unit 'out of [0-9]+') - bad)) "$bad"

stage "Running the lit tests" lit lit_tests
add $? "$(count lit '^  Passed *: *[0-9]+')" \
  "$(count lit '^  Failed *: *[0-9]+' '^  Timed Out *: *[0-9]+' '^  Unresolved *: *[0-9]+' \
    '^  Unexpectedly Passed *: *[0-9]+')"

stage "Running the Python tests" python python_tests
add $? "$(count python '[0-9]+ passed')" "$(count python '[0-9]+ failed' '[0-9]+ errors?')"

if stage "Building the Python wheel" build-wheel build_wheel; then
  stage "Running the tests of the wheel" wheel-tests wheel_tests
  add $? "$(count wheel-tests '[0-9]+ passed')" "$(count wheel-tests '[0-9]+ failed' '[0-9]+ errors?')"
else
  add 1 0 0
fi
finish
