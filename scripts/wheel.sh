#!/usr/bin/env bash
# Builds the Python wheel into dist/: the modules acl, openatc, ais_bench and aclruntime with the libraries
# and programs that they need, for any Python from 3.10 on and any Linux whose C library is not older than
# this machine's.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
set_up ascendcl acl_dvpp openatc_compiler atc om || exit 1

# The package with what is built, without asking an index for build tools.
build_wheel() {
  rm -rf "$build/wheel/plain" &&
    OPENATC_ROOT=$build CXX=clang++-22 CMAKE_CXX_COMPILER_LAUNCHER=ccache PATH=$venv/bin:$PATH "$venv/bin/python" -m pip wheel --quiet \
      --disable-pip-version-check --no-build-isolation --no-deps --wheel-dir "$build/wheel/plain" \
      --config-settings=build-dir="$build/wheel/cmake" "$root/python"
}

# Adds the shared libraries that a system need not have, and names the systems that fit.
complete_wheel() {
  mkdir -p "$root/dist" && rm -f "$root"/dist/openatc-*.whl &&
    PATH=$venv/bin:$PATH "$venv/bin/python" -m auditwheel repair --strip --wheel-dir "$root/dist" \
      "$build"/wheel/plain/openatc-*.whl
}

stage "Building the Python package" wheel build_wheel || exit 1
stage "Adding the libraries it needs" wheel-libraries complete_wheel || exit 1
ls -sh "$root"/dist/openatc-*.whl
