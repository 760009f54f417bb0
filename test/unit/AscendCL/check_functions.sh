#!/bin/sh
# check_functions.sh LIBRARY FUNCTIONS.DEF: the library exports what the table lists, and no
# acl function besides.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
nm -D --defined-only "$1" | awk '{print $NF}' | grep '^acl' | sort >"$folder/exported"
sed -n 's/^ACL_FUNCTION(\([A-Za-z0-9]*\), \(works\|limited\|refused\), ".*")$/\1/p' "$2" | sort >"$folder/listed"
if ! diff "$folder/exported" "$folder/listed"; then
  echo "error: '<' is exported by $1 but missing in $2, '>' is listed but not exported" >&2
  exit 1
fi
