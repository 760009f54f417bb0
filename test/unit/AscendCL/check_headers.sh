#!/bin/sh
# check_headers.sh C_COMPILER CXX_COMPILER INCLUDE: every header of acl/ can be included alone
# and twice, as C99, C11 and C++11, without a warning.
set -eu
file=$(mktemp -d)/header.c
trap 'rm -rf "$(dirname "$file")"' EXIT
cd "$3"
for header in acl/*.h acl/ops/*.h; do
  case $header in
  'acl/ops/*.h') continue ;;
  acl/ops/acl_dvpp.h) define=-DENABLE_DVPP_INTERFACE ;;
  *) define= ;;
  esac
  printf '#include "%s"\n#include "%s"\nint user(void);\nint user(void) { return ACL_SUCCESS; }\n' \
    "$header" "$header" >"$file"
  for standard in c99 c11; do
    "$1" -std=$standard -Wall -Wextra -Wstrict-prototypes -Werror $define -I. -fsyntax-only "$file"
  done
  "$2" -x c++ -std=c++11 -Wall -Wextra -Werror $define -I. -fsyntax-only "$file"
done
