/** `jails.create`, `jails.stop`, `ips.at` become [jails: create, stop] and [ips: at]; what changes comes first. */
export function actsByNoun(procedures: readonly { path: string; changes: boolean }[]): [string, string[]][] {
  const nouns = new Map<string, { changes: boolean; verb: string }[]>();
  for (const { path, changes } of procedures) {
    const [noun = '', ...verb] = path.split('.');
    nouns.set(noun, [...(nouns.get(noun) ?? []), { changes, verb: verb.join('.') }]);
  }
  return [...nouns].map(([noun, verbs]) => [
    noun,
    verbs
      .sort((a, b) => Number(b.changes) - Number(a.changes) || a.verb.localeCompare(b.verb))
      .map(({ verb }) => verb),
  ]);
}
