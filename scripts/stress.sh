#!/usr/bin/env bash
# Strains the runtime behind AscendCL:
#   * 10000 random sequences of calls under the address and undefined-behaviour sanitizers, and under the thread
#     sanitizer: no crash, no leak, no race, every error with its code and text;
#   * 64 host threads x 4 models x 2 devices for a minute: results as in sequential runs, memory flat.
# Only the rooms without LLVM are built for it, in build-stress-*. Usage: stress.sh [SEQUENCES] [SECONDS]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sequences=${1:-10000}
seconds=${2:-60}
source "$root/scripts/setup.sh"

# build SANITIZER TARGET...: configures build-stress-SANITIZER and builds the targets there.
build_with() {
  local sanitizer=$1 folder=$root/build-stress-$1
  shift
  if [ ! -f "$folder/build.ninja" ]; then
    "$(debian_tool cmake)" --preset default -S "$root" -B "$folder" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
      -DOPENATC_SANITIZE="$sanitizer" >/dev/null
  fi
  "$(debian_tool ninja)" -C "$folder" "$@" >/dev/null
}

export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
for sanitizer in address thread; do
  echo "== $sequences sequences under the $sanitizer sanitizer"
  build_with $sanitizer openatc_acl_fuzz openatc_acl_stress
  time "$root/build-stress-$sanitizer/bin/openatc_acl_fuzz" --sequences "$sequences" --threads 4
  "$root/build-stress-$sanitizer/bin/openatc_acl_stress" --threads 16 --seconds 10
done
echo "== 64 threads, 4 models, 2 devices, $seconds s"
build_with off openatc_acl_stress
"$root/build-stress-off/bin/openatc_acl_stress" --threads 64 --seconds "$seconds"
