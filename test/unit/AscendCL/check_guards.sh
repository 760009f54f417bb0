#!/bin/sh
# check_guards.sh FOLDER: every interface function that is defined there is a function-try-block,
# so that no exception reaches C code. Those that call nothing which throws are named here.
set -eu
calm='aclFloat16ToFloat|aclFloatToFloat16|aclDataTypeSize|aclAppLog|aclrtPeekAtLastError|aclrtGetLastError'
cat "$1"/*.cpp | awk -v calm="^($calm)\$" '
  /^[a-zA-Z].*[ *]acl[a-z]*[A-Z][A-Za-z0-9]*\(/ && !/^#|^ACL_|^using|^namespace/ { head = ""; open = 1 }
  open {
    head = head " " $0
    if ($0 ~ /;[ ]*$/ && $0 !~ /{/) { open = 0; next }
    if ($0 ~ /{/) {
      open = 0
      match(head, /acl[a-z]*[A-Z][A-Za-z0-9]*\(/)
      name = substr(head, RSTART, RLENGTH - 1)
      if (head !~ /try {/ && name !~ calm) { print "error: " name " is no function-try-block"; bad = 1 }
    }
  }
  END { exit bad }'
