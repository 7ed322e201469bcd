import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { PROGRAMS } from '../../stage/stage.ts';
import { attemptsInside, attemptsOutside, compared } from '../probe-lines.ts';
import { found, type Row, Skipped } from '../row.ts';
import { everythingAtOnce, ONE_OF_EACH_KIND } from './everything-at-once.ts';
import { plainJail } from './plain-jail.ts';
import { viewJail } from './view-jail.ts';

const SOON_MS = 300;
const WAYS_IN = [
  'abi-i386',
  'abi-i386-unshare',
  'abi-x32',
  'filter-on-top',
  'filter-traced',
  'unshare-user',
  'bpf',
];
/** Not every kernel has other ways to call it, or namespaces for users; these are on each. */
const WAYS_IN_SHOWN = ['filter-on-top', 'bpf'];
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

export const ROWS_OF_K: readonly Row[] = [
  {
    id: 'K1',
    async answer(stage) {
      const attempts = await everythingAtOnce(stage);
      return compared(
        await attemptsInside(await plainJail(stage), attempts),
        await attemptsOutside(stage, attempts),
        { asked: attempts.names, shown: ONE_OF_EACH_KIND },
      );
    },
  },
  {
    id: 'K2',
    async answer(stage) {
      const { jail } = await viewJail(stage);
      const canary = join(stage.directory, 'canary');
      const { told } = await everythingAtOnce(stage);
      // The jail's tree entered by the host's root, without any of its confinement.
      const look = `cat ${canary} /../../..${canary} 2>&1; ls -d /dir2`;
      const enter = `exec nsenter --target=${jail.pid} --mount --root --wd=/ /bin/sh -c "$1"`;
      const bare = ['sh', '-c', `grep Seccomp: /proc/self/status; ${enter}`, 'sh', look];
      const inside = (await stage.outside(bare)).stdout;
      const filtered = (await jail.sh('grep Seccomp: /proc/self/status')).stdout.trim();
      const outside = (await stage.outside(['sh', '-c', look])).stdout;
      const nonce = told?.NONCE ?? '';
      return {
        probe: found(
          /Seccomp:\s*0/.test(inside) && inside.includes('/dir2') && !inside.includes(nonce),
          `the host's own root, with all its power and without the filter (there: ${filtered}), in this view: ${inside}`,
        ),
        control: found(outside.includes(nonce), 'outside the view the same command reads the canary'),
      };
    },
  },
  {
    id: 'K3',
    async answer(stage) {
      const jail = await plainJail(stage);
      const kernel = `uname -r; cat ${BOOT_ID}`;
      const [release = '', boot = ''] = (await jail.sh(kernel)).stdout.trim().split('\n');
      const [ours = '', ourBoot = ''] = (await stage.outside(['sh', '-c', kernel])).stdout.trim().split('\n');
      const other = (await stage.outside(['setarch', '--uname-2.6', 'uname', '-r'])).stdout.trim();
      const quick = await quickest(stage, 5);
      const busy = (loadavg()[0] ?? 0) / cpus().length;
      if (quick > SOON_MS && busy > 1)
        throw new Skipped(
          `This host is too busy to tell how long a start takes: ${busy.toFixed(1)} processes want each core, and the quickest of 5 starts took ${Math.round(quick)} ms.`,
        );
      const virtual = readFileSync(`/proc/${jail.pid}/maps`, 'utf8').includes('kvm');
      return {
        probe: found(
          release === ours && boot === ourBoot && quick <= SOON_MS && !virtual,
          `kernel ${release}, the boot that is the host's own too; a jail starts in ${Math.round(quick)} ms`,
        ),
        control: found(
          other !== '' && other !== ours,
          `a process that is told of another kernel says ${other}: the comparison can tell`,
        ),
      };
    },
  },
  {
    id: 'K23',
    async answer(stage) {
      const jail = await plainJail(stage);
      const direct = await attemptsInside(jail, { names: WAYS_IN });
      const nested = await jail.sh(`sh -c 'sh -c "${PROGRAMS}/probe unshare-user bpf; true"; true'`);
      const result = compared(direct, await attemptsOutside(stage, { names: WAYS_IN }), {
        asked: WAYS_IN,
        shown: WAYS_IN_SHOWN,
      });
      const held = nested.stdout.split('\n').filter((line) => line.includes('\tHELD\t')).length;
      return {
        probe: found(
          result.probe.asExpected && held === 2,
          `a child of a child: ${held} of 2 refused; ${result.probe.evidence}`,
        ),
        control: result.control,
      };
    },
  },
];

/** The machine does other things too: the quickest of a few starts is the jail's own time. */
async function quickest(stage: Parameters<typeof plainJail>[0], times: number): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const jail = await stage.jail();
    took.push(jail.startMs);
    await stage.drop(jail.key);
    if (jail.startMs <= SOON_MS) break;
  }
  return Math.min(...took);
}
