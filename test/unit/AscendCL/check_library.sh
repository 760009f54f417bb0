#!/bin/sh
# check_library.sh LIBRARY: no MLIR or LLVM among what it needs, only acl* and
# openatc* (lib/AscendCL/Private.h) exported,
# at most 8 MiB stripped.
set -eu
limit=$((8 * 1024 * 1024))
if ldd "$1" | grep -E 'MLIR|LLVM'; then
  echo "error: $1 links the compiler" >&2
  exit 1
fi
if nm -D --defined-only "$1" | awk '{print $NF}' | grep -Ev '^(acl|openatc)[A-Z]|^acl[a-z]+[A-Z]'; then
  echo "error: $1 exports more than the acl interface" >&2
  exit 1
fi
stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
strip -o "$stripped" "$1"
size=$(wc -c < "$stripped")
echo "$1: $size bytes stripped"
test "$size" -le "$limit"
