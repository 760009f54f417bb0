#!/usr/bin/env bash
# Sets up everything the project needs and builds it: Debian packages (only missing ones), pinned Python
# packages in build/venv, configuration and build. Running it again does only what is left to do.
# demo.sh and test.sh source this file; it can also be run by itself.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
logs=$build/logs
venv=$build/venv
export CCACHE_SLOPPINESS=pch_defines,time_macros
mkdir -p "$logs"

packages=(g++ make pkg-config libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools clang-22 lld-22 clang-format-22
  libclang-rt-22-dev ccache ninja-build cmake libflatbuffers-dev flatbuffers-compiler libprotobuf-dev
  protobuf-compiler libhwy-dev libgtest-dev libbenchmark-dev libssl-dev libturbojpeg0-dev libzstd-dev zlib1g-dev
  nlohmann-json3-dev python3-dev python3-venv)

# stage TEXT LOG COMMAND...: says what starts, runs it with its output in build/logs/LOG.log, says how long
# it took. On failure prints the end of the log and where it is, and returns the command's status.
stage() {
  local text=$1 log=$logs/$2.log begin=$EPOCHREALTIME status=0
  shift 2
  printf '%-58s' "$text"
  "$@" >"$log" 2>&1 || status=$?
  awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%7.1f s", b - a }'
  if ((status)); then
    printf '  FAILED\n'
    tail -n 40 "$log"
    printf 'The whole log: %s\n' "$log"
  else
    printf '\n'
  fi
  return $status
}

# Runs a command as root, through sudo where needed.
as_root() {
  if ((EUID)); then sudo "$@"; else "$@"; fi
}

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "$@"
}

# Debian's own tools come first: a newer or older one on PATH is only used where Debian's is absent.
debian_tool() {
  if [ -x "/usr/bin/$1" ]; then echo "/usr/bin/$1"; else command -v "$1"; fi
}

make_venv() {
  local interpreter
  interpreter=$(debian_tool python3) || return 1
  rm -rf "$venv"
  "$interpreter" -m venv "$venv" &&
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$root/python/requirements.txt" &&
    cp "$root/python/requirements.txt" "$venv/installed.txt"
}

configure() {
  local cmake
  cmake=$(debian_tool cmake) || return 1
  cd "$root" && "$cmake" --preset default
}

# set_up [TARGET...]: everything up to the built targets; no target means all of them.
set_up() {
  local missing
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]})); then
    stage "Installing ${#missing[@]} Debian packages" packages install_packages "${missing[@]}" || return 1
  fi
  if ! cmp -s "$root/python/requirements.txt" "$venv/installed.txt"; then
    stage "Installing the pinned Python packages" venv make_venv || return 1
  fi
  if [ ! -f "$build/build.ninja" ]; then
    stage "Configuring" configure configure || return 1
  fi
  stage "Building (the first time takes some minutes)" build "$(debian_tool ninja)" -C "$build" "$@" || return 1
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set_up "$@"
fi
