# Environment of OpenATC for scripts and builds: `source set_env.sh`. Works in bash, zsh and dash (from dash,
# after `cd` to its folder). The variables are those of CANN's script of this name; DDK_PATH and NPU_HOST_LIB,
# which CANN leaves to the user, are set where they are not set yet.

_openatc_file="${BASH_SOURCE:-}"
[ -z "${ZSH_VERSION:-}" ] || eval '_openatc_file="${(%):-%x}"' # no other shell can read this
_openatc_home=$(cd "$(dirname "${_openatc_file:-./set_env.sh}")" && pwd)
unset _openatc_file

export ASCEND_TOOLKIT_HOME="$_openatc_home"
export ASCEND_HOME_PATH="$_openatc_home"
export ASCEND_OPP_PATH="$_openatc_home/opp"
export ASCEND_AICPU_PATH="$_openatc_home"
export DDK_PATH="${DDK_PATH:-$_openatc_home}"
export NPU_HOST_LIB="${NPU_HOST_LIB:-$_openatc_home/lib64/stub}"

# Puts a folder in front of a list, once, however often the script is sourced.
_openatc_prepend() {
  case ":$2:" in
  *":$1:"*) printf '%s' "$2" ;;
  *) printf '%s' "$1${2:+:$2}" ;;
  esac
}
export PATH="$(_openatc_prepend "$_openatc_home/bin" "${PATH:-}")"
export LD_LIBRARY_PATH="$(_openatc_prepend "$_openatc_home/lib64" "${LD_LIBRARY_PATH:-}")"
export PKG_CONFIG_PATH="$(_openatc_prepend "$_openatc_home/lib64/pkgconfig" "${PKG_CONFIG_PATH:-}")"
export CMAKE_PREFIX_PATH="$(_openatc_prepend "$_openatc_home" "${CMAKE_PREFIX_PATH:-}")"
export PYTHONPATH="$(_openatc_prepend "$_openatc_home/python/site-packages" "${PYTHONPATH:-}")"
unset -f _openatc_prepend
unset _openatc_home
