# shellcheck shell=bash
# Sourced. bench_tools sees to it that wrk and nginx are there, by the system's packages where that needs no password. Without wrk
# it fails; without nginx the measurement goes on and leaves its rows out. No nginx is left running, nor starts with the machine.

bench_tools() {
  local missing=()
  bench_find wrk >/dev/null || missing+=(wrk)
  bench_find nginx >/dev/null || missing+=(nginx)
  if [ "${#missing[@]}" -gt 0 ]; then
    echo "… installing ${missing[*]}" >&2
    bench_install "${missing[@]}" >&2 || true
  fi
  if ! bench_find wrk >/dev/null; then
    echo "wrk makes the load, and was neither found nor could it be installed." >&2
    echo "Install it (Debian, Ubuntu: apt-get install wrk; Fedora: dnf install wrk; macOS: brew install wrk)." >&2
    return 1
  fi
}

# As the benchmarks look for them (Programs in tests/Cms.Benchmarks/Harness): Debian keeps nginx where only root's PATH leads.
bench_find() {
  local folder
  while IFS= read -r folder; do
    if [ -x "$folder/$1" ] && [ ! -d "$folder/$1" ]; then
      echo "$folder/$1"
      return
    fi
  done < <(printf '%s\n' "$PATH" /usr/sbin /usr/local/sbin | tr ':' '\n')
  return 1
}

bench_install() {
  local program sudo=()
  if command -v brew >/dev/null; then
    brew install --quiet "$@"
    return
  fi
  if [ "$(id -u)" != 0 ]; then
    # Only where it asks for no password: a script must not wait for one.
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || return
    sudo=(sudo -n)
  fi
  if command -v apt-get >/dev/null; then
    ${sudo[@]+"${sudo[@]}"} apt-get update -qq
    # One by one: wrk must not fall with nginx.
    for program in "$@"; do
      if [ "$program" = nginx ]; then
        bench_install_nginx ${sudo[@]+"${sudo[@]}"} || true
      else
        bench_apt ${sudo[@]+"${sudo[@]}"} -- "$program" || true
      fi
    done
  elif command -v dnf >/dev/null; then
    # Starts nothing.
    for program in "$@"; do
      ${sudo[@]+"${sudo[@]}"} dnf install -q -y "$program" || true
    done
  else
    return 1
  fi
}

# bench_apt [SUDO…] -- PACKAGE
bench_apt() {
  local sudo=()
  while [ "$1" != -- ]; do
    sudo+=("$1")
    shift
  done
  ${sudo[@]+"${sudo[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$2"
}

# Debian's package starts a server on port 80 as soon as it is there, unless a policy forbids it meanwhile.
bench_install_nginx() {
  local policy=/usr/sbin/policy-rc.d ours= status=0
  if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | "$@" tee "$policy" >/dev/null
    "$@" chmod 755 "$policy"
  fi
  bench_apt "$@" -- nginx-light || status=$?
  if [ -n "$ours" ]; then
    "$@" rm -f "$policy"
  fi
  if [ "$status" = 0 ] && command -v systemctl >/dev/null; then
    "$@" systemctl disable --quiet nginx 2>/dev/null || true
  fi
  return "$status"
}
