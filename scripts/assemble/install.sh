# Installs Cellblock's agent from the archive in which this script lies, and enrols this host. The line that
# `cellblock host enroll` prints fetches the archive, compares its SHA-256, and runs this:
#
#   sh -c "$(tar xzOf ARCHIVE install)" cellblock ARCHIVE DASHBOARD SHA256 TOKEN [--data DIR]
#
# It writes below the data directory alone; the agent's own `install` says what it adds (a systemd unit, a link in
# /usr/local/bin, two system users, a bounds file), and `cellblock agent purge` removes all of it.
set -eu

refuse() { # message, fix, exit status
  printf 'cellblock: %s\n  fix: %s\n' "$1" "$2" >&2
  exit "$3"
}

[ $# -ge 4 ] || refuse 'The line is not whole.' 'Copy all of what `cellblock host enroll` printed.' 2
archive=$1 dashboard=$2 token=$4
shift 4
data=${CELLBLOCK_DATA:-/var/lib/cellblock}
case "${1:-}" in
  '') ;;
  --data) data=${2:?--data needs a directory} ;;
  --data=*) data=${1#--data=} ;;
  *) refuse "$1 is nothing that the line knows." 'Add only --data DIR to it.' 2 ;;
esac

[ "$(id -u)" = 0 ] || refuse 'Enrolling a host needs root.' 'sudo -i, then paste the line again' 5
[ "$(uname -sm)" = 'Linux x86_64' ] || refuse "This is $(uname -sm)." 'Cellblock runs on Linux x86_64.' 2
case "$data" in /*) ;; *) refuse "$data is not absolute." '--data /var/lib/cellblock' 2 ;; esac

# Whoever pastes may stand in a directory that is gone.
cd /

# The nearest directory that exists says how much room there is.
there=$data
while [ ! -d "$there" ]; do there=$(dirname "$there"); done
free=$(df -Pk "$there" | awk 'NR == 2 { print int($4 / 1024) }')
[ "$free" -ge 200 ] || refuse "Room for ledger and jails: $free MiB are free below $data, 200 are needed to install." \
  "Free some space (du -xh --max-depth=2 $there | sort -h | tail), or name another directory: --data DIR" 1

made=''
[ -d "$data" ] || made=$data
draft=''
clean_up() {
  [ -z "$draft" ] || rm -rf "$draft"
  # A refusal leaves nothing: what is empty was made here.
  [ -z "$made" ] || rmdir "$made/app" "$made" 2>/dev/null || :
}
trap clean_up EXIT
mkdir -p "$data/app"
chmod 755 ${made:+"$made"} "$data/app"
draft=$(mktemp -d "$data/app/.draft-XXXXXX")
chmod 755 "$draft"
tar xzf "$archive" -C "$draft"
"$draft/bin/node" --version >/dev/null ||
  refuse "The programs of the archive do not run on this host." \
    'They need glibc 2.28, libstdc++6, and a data directory that is not mounted noexec.' 1
CELLBLOCK_MADE_DATA=${made:+1} "$draft/bin/node" "$draft/cli.mjs" agent install --dashboard "$dashboard" --token "$token" --data "$data"
