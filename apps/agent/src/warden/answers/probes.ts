import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from '../stage/stage.ts';
import type { StageJail } from '../stage/stage-jail.ts';
import { found, type RowResult } from './row.ts';

interface Attempt {
  name: string;
  verdict: string;
  detail: string;
}

export interface AttemptOptions {
  uid?: number;
  /** what the probes are told, by name without PROBE_ */
  told?: Record<string, string>;
}

function toldAs(told: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(told).map(([name, value]) => [`PROBE_${name}`, value]));
}

/** The program of probes in a jail's own storage; its path there. */
export async function bringProbe(stage: Stage, jail: StageJail): Promise<string> {
  return stage.once(`probe in ${jail.key} ${jail.spec.id}`, async () => {
    const inside = '/var/tmp/probe';
    const path = join(jail.paths.storage, inside);
    await copyFile(await stage.probe(), path);
    await chmod(path, 0o755);
    return inside;
  });
}

export async function attemptsInJail(
  stage: Stage,
  jail: StageJail,
  names: readonly string[],
  o: AttemptOptions = {},
): Promise<Attempt[]> {
  const probe = await bringProbe(stage, jail);
  const { stdout } = await jail.exec([probe, ...names], {
    ...(o.uid === undefined ? {} : { uid: o.uid }),
    environment: toldAs(o.told),
  });
  return parsed(stdout);
}

export async function attemptsOutside(
  stage: Stage,
  names: readonly string[],
  o: AttemptOptions = {},
): Promise<Attempt[]> {
  const words = Object.entries(toldAs(o.told)).map(([name, value]) => `${name}=${value}`);
  const { stdout } = await stage.outside(['env', ...words, await stage.probe(), ...names]);
  return parsed(stdout);
}

function parsed(stdout: string): Attempt[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', verdict = '', detail = ''] = line.split('\t');
      return { name, verdict, detail };
    });
}

/** Every attempt is refused in the jail, and every one gets through where nothing holds. */
export async function refusedInJail(
  stage: Stage,
  jail: StageJail,
  names: readonly string[],
  o: AttemptOptions = {},
): Promise<RowResult> {
  const [inside, outside] = [
    await attemptsInJail(stage, jail, names, o),
    await attemptsOutside(stage, names, o),
  ];
  return { probe: all(inside, names, 'HELD'), control: all(outside, names, 'BREACH') };
}

/** Whether each of the named attempts was made and came to this verdict. */
export function all(attempts: readonly Attempt[], names: readonly string[], verdict: string) {
  const others = names.flatMap((name) => {
    const attempt = attempts.find((each) => each.name === name);
    if (attempt?.verdict === verdict) return [];
    return [attempt ? `${name}: ${attempt.verdict} (${attempt.detail})` : `${name}: no answer`];
  });
  const word = verdict === 'HELD' ? 'refused' : 'got through';
  const detail = attempts.slice(0, 4).map((each) => `${each.name}: ${each.detail}`);
  return found(
    others.length === 0,
    others.length === 0
      ? `${names.length} of ${names.length} attempts ${word}: ${detail.join('; ')}`
      : `not ${word}: ${others.join('; ')}`,
  );
}
