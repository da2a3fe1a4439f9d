# shellcheck shell=bash
# The Debian packages that tools/quickstart and tools/test need, and the installing of those that are
# missing. Removes nothing, changes no package that is there, starts no service. To be sourced.

declare -A packages_for=(
  [building]="g++ cmake ninja-build pkg-config ccache libboost1.81-dev libssl-dev nlohmann-json3-dev
    libc-ares-dev libidn2-dev liblmdb-dev libmimalloc-dev libtomlplusplus-dev libcli11-dev libspdlog-dev
    libjs-chart.js"
  [testing]="libgtest-dev libgmock-dev python3 clang-format-14 shellcheck openssl postfix knot chromium
    chromium-driver prometheus"
)

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "This needs root: run it as root, or install sudo." >&2
    return 1
  fi
}

# install_packages building|testing...: says what is missing and installs it.
install_packages() {
  local purpose package missing=()
  for purpose in "$@"; do
    for package in ${packages_for[$purpose]}; do
      is_installed "$package" || missing+=("$package")
    done
  done
  if ((${#missing[@]} == 0)); then
    echo "All Debian packages needed for $* are installed."
    return
  fi
  echo "Installing Debian packages for $*: ${missing[*]}"
  install_missing "${missing[@]}"
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

install_missing() ( # a subshell, because it has traps of its own
  apt_log=$(mktemp) policy=/usr/sbin/policy-rc.d own_policy="" mark="# of cbv, while it installs packages"
  trap 'rm -f "$apt_log"; [[ -z $own_policy ]] || as_root rm -f "$policy"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM

  # 101: start nothing. A policy of the machine's own stays; one that an interrupted run left does not.
  if [[ ! -e $policy ]] || grep -qF "$mark" "$policy"; then
    own_policy=yes
    printf '#!/bin/sh\n%s\nexit 101\n' "$mark" | as_root install -m 755 /dev/stdin "$policy"
  fi
  if [[ " $* " == *" postfix "* ]]; then # /etc/postfix stays without a main.cf
    echo "postfix postfix/main_mailer_type select No configuration" |
      as_root debconf-set-selections
  fi

  if ! apt_get install "$@" >"$apt_log" 2>&1; then
    echo "Fetching the package lists first."
    if ! { apt_get update && apt_get install "$@"; } >"$apt_log" 2>&1; then
      cat "$apt_log" >&2
      explain_failure "$apt_log" >&2
      exit 1
    fi
  fi
  leave_disabled "$@"
)

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes --no-install-recommends \
    --no-remove -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=120 "$@"
}

explain_failure() {
  if grep -q 'remove is disabled' "$1"; then
    echo "Nothing was installed: it would have removed a package of yours (Postfix replaces any other" \
      "mail server). Run the tests in a container or a chroot."
  else
    echo "apt-get failed, see above. This needs Debian 12 and its package archive."
  fi
}

# The tests start their own servers; the packages' services are not to start at the next boot either.
leave_disabled() {
  local package
  command -v systemctl >/dev/null || return 0
  for package in "$@"; do
    if [[ $package == postfix || $package == knot || $package == prometheus ]]; then
      as_root systemctl disable --quiet "$package"
    fi
  done
}
