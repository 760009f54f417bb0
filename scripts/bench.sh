#!/usr/bin/env bash
# Measures compiler, compiled networks and simulator beside native runtimes and writes docs/benchmarks.md and
# docs/benchmarks.json. `bench.sh --help` explains the options. Nothing else should run meanwhile.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
extra=$build/bench-venv

# Runtimes that only the comparison needs, in an environment of their own.
make_extra() {
  rm -rf "$extra"
  "$(debian_tool python3)" -m venv "$extra" &&
    "$extra/bin/python" -m pip install --quiet --disable-pip-version-check \
      -r "$root/python/bench-requirements.txt" &&
    cp "$root/python/bench-requirements.txt" "$extra/installed.txt"
}

set_up atc om || exit 1
if [[ " $* " != *" --help "* && " $* " != *" -h "* && " $* " != *" --quick "* ]] &&
  ! cmp -s "$root/python/bench-requirements.txt" "$extra/installed.txt"; then
  stage "Installing other compilers to compare with" extra make_extra ||
    { rm -rf "$extra" && echo "The comparison with other compilers is left out."; }
fi
cd "$root" && PYTHONPATH=python exec "$venv/bin/python" -m openatc.bench "$@"
