/** Where a dashboard serves the archive of its agent; the name is the content, so it never changes. */
export const archivePath = (sha256: string): string => `/install/${sha256}.tar.gz`;

/**
 * The one line that enrols a host, for any POSIX shell. What it does is fixed and stands first, so that it can be
 * read; the dashboard, the archive's SHA-256 and the token follow. Everything that is trusted is in the line: the
 * archive is compared with its hash before anything of it runs, so that the download needs no certificate, and
 * the token ends in the hash of the dashboard's key, which vouches for the rest.
 */
export function enrolmentLine(o: { dashboard: string; sha256: string; token: string }): string {
  return `sh -c '${ENROL}' cellblock ${o.dashboard} ${o.sha256} ${o.token}`;
}

const ENROL = [
  'a=$(mktemp) && trap "rm -f $a" EXIT',
  'u=$1/install/$2.tar.gz',
  '{ if command -v curl >/dev/null; then curl -fkSs --connect-timeout 9 --retry 2 -o "$a" "$u"; ' +
    'else wget -q -T 9 -t 3 --no-check-certificate -O "$a" "$u"; fi || ' +
    '{ echo "cellblock: no archive came from $1; its page Enrol says whether it saw this host" >&2; false; }; }',
  'echo "$2  $a" | sha256sum -c --quiet',
  'i=$(tar --occurrence=1 -xzOf "$a" install)',
  'sh -c "$i" cellblock "$a" "$@"',
].join(' && ');

/** The same for a host that has a clone of the repository. */
export function enrolmentOfClone(o: { dashboard: string; token: string }): string {
  return `./cellblock agent run --dashboard ${o.dashboard} --token ${o.token}`;
}
