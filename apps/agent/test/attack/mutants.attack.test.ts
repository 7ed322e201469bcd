import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AttackSite, BUILD_MS } from './attack-site.ts';
import { LEFT_OUT, MUTANT_JAILS, type MutantJail } from './mutant-jails.ts';
import { attackAsInit, attackByExec } from './run-probes.ts';
import type { Finding } from './verdicts.ts';

// A jail that lacks one protection, beside one that differs in nothing else: a probe that succeeds in the one and not
// in the other has tested that protection. Of a protection that no probe tells, nobody knows whether it is there.

const REPORT = join(import.meta.dirname, '../../../../node_modules/.cellblock-reports/kill-matrix.txt');
const PATIENCE = 120_000;

/** The others differ in nothing on this kernel: the matrix says why. */
const MUTANTS = MUTANT_JAILS.filter(({ sameHere }) => sameHere === undefined);

let site: AttackSite;
const matrix: { mutant: MutantJail; killers: string[] }[] = [];
const whole = new Map<string, Promise<Set<string>>>();

beforeAll(async () => {
  site = await AttackSite.open();
}, BUILD_MS);

afterAll(async () => {
  await site.remove();
  const untold = MUTANT_JAILS.filter((mutant) => !MUTANTS.includes(mutant));
  const lines = [...matrix, ...untold.map((mutant) => ({ mutant, killers: [] }))]
    .sort((a, b) => a.mutant.protection.localeCompare(b.mutant.protection))
    .map(({ mutant, killers }) => {
      const by = mutant.sameHere ?? (killers.length === 0 ? 'SURVIVED' : killers.join(' '));
      return `${mutant.protection.padEnd(28)} ${mutant.layers.padEnd(21)} ${String(killers.length).padStart(3)}  ${by}`;
    });
  mkdirSync(join(REPORT, '..'), { recursive: true });
  writeFileSync(REPORT, `${lines.join('\n')}\n`);
  console.log(`kill matrix (protection left out, layers, probes that tell)\n${lines.join('\n')}`);
});

/** The probes that succeed in a jail without these protections. */
async function breaches(protections: string[], mutant: MutantJail): Promise<Set<string>> {
  const trees = site.careless(protections, { isMutant: true });
  const uid = mutant.uid ?? 0;
  const spec = await site.spec(mutant.profile ?? 'daemon', { uid, gid: uid });
  let findings: Finding[];
  if (mutant.entry === 'exec') {
    await trees.start({ ...spec, uid: 0, gid: 0 });
    try {
      findings = await attackByExec(trees, spec);
    } finally {
      await site.stop(spec.runDirectory);
    }
  } else
    findings = await attackAsInit(
      site,
      trees,
      spec,
      [],
      mutant.program && join(site.directory, mutant.program),
    );
  if (findings.length < 300) throw new Error(`only ${findings.length} probes ran`);
  return new Set(findings.filter(({ verdict }) => verdict === 'BREACH').map(({ probe }) => probe));
}

/** The same jail with the protection; made once for all mutants that differ from it in one. */
function withIt(mutant: MutantJail): Promise<Set<string>> {
  const key = `${mutant.layers} ${mutant.entry ?? 'init'} ${mutant.profile ?? 'daemon'} ${mutant.uid ?? 0}`;
  const made = whole.get(key) ?? breaches(LEFT_OUT[mutant.layers], mutant);
  whole.set(key, made);
  return made;
}

describe('a jail without', () => {
  test.each(MUTANTS.map((mutant) => [mutant.protection, mutant] as const))(
    '%s is told from one that has it',
    async (protection, mutant) => {
      const kept = await withIt(mutant);
      const lost = await breaches([...LEFT_OUT[mutant.layers], protection], mutant);
      const killers = [...lost].filter((probe) => !kept.has(probe));
      matrix.push({ mutant, killers });
      expect(killers, 'no probe tells them apart').not.toEqual([]);
    },
    PATIENCE,
  );
});

test('there are 40 of them', () => {
  expect(new Set(MUTANT_JAILS.map(({ protection }) => protection)).size).toBeGreaterThanOrEqual(40);
});
