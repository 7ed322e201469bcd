import { cpus, loadavg } from 'node:os';
import type { Stage } from '../../stage/stage.ts';
import type { StageJail } from '../../stage/stage-jail.ts';
import { BOMBS, type Bomb, LOOPS, LOOPS_USE_SECONDS, lastGot, TIGHT, TIGHT_CPUS, WIDE } from '../bombs.ts';
import { found, type StageRow } from '../row.ts';
import { plainJail } from './plain-jail.ts';

const BOMB_MS = 30_000;
/** A share is given in slices, and the last one may be cut. */
const NEARLY = 0.8;

/** H18 with all its bombs: each in a jail with tight limits, and at the same time in one with wide limits. */
export const bombsSurvived: StageRow = {
  id: 'H37',
  async answer(stage) {
    const neighbour = await plainJail(stage);
    const tight = await stage.jail(TIGHT);
    const wide = await stage.jail(WIDE);
    const results = [];
    for (const bomb of BOMBS) {
      const [inTight, inWide, beside] = await Promise.all([
        setOff(tight, bomb),
        setOff(wide, bomb),
        neighbour.sh('echo unharmed'),
      ]);
      results.push({
        name: bomb.name,
        holds: inTight > 0 && inTight <= bomb.holds,
        shows: inWide >= bomb.withoutLimit && inWide > bomb.holds,
        unharmed: beside.stdout === 'unharmed\n',
        tight: `${bomb.name} ${inTight} of ${bomb.most}`,
        wide: `${bomb.name} ${inWide}`,
      });
    }
    // One after the other: each waits for its own limit, and for nobody else.
    const [slow, quick] = [await burn(stage, tight), await burn(stage, wide)];
    const share = LOOPS_USE_SECONDS / quick.seconds;
    const busy = (loadavg()[0] ?? 0) / cpus().length;
    // Who gets little because others want it too shows no hole.
    const proven = share > TIGHT_CPUS;
    const goesOn = (await tight.sh('echo here')).stdout === 'here\n';
    const harmed = results.filter(({ unharmed }) => !unharmed).map(({ name }) => name);
    await stage.drop(tight.key);
    await stage.drop(wide.key);
    return {
      probe: found(
        results.every(({ holds }) => holds) &&
          harmed.length === 0 &&
          slow.seconds > (LOOPS_USE_SECONDS / TIGHT_CPUS) * NEARLY &&
          goesOn,
        `got inside its limits: ${results.map((each) => each.tight).join(', ')}; four loops with ${TIGHT_CPUS} of a processor took ${slow.seconds} s and were held back ${slow.held} times; the jail ${goesOn ? 'goes on' : 'is gone'}, its neighbour was ${harmed.length === 0 ? 'unharmed' : `harmed by ${harmed.join(', ')}`}`,
      ),
      control: found(
        results.every(({ shows }) => shows) && quick.held === 0 && (proven || busy > 1),
        `with wide limits the same bombs get ${results.map((each) => each.wide).join(', ')}, and the loops take ${quick.seconds} s and are held back ${quick.held} times${proven ? '' : `, which shows nothing on a host where ${busy.toFixed(1)} processes want each core`}`,
      ),
    };
  },
};

async function setOff(jail: StageJail, bomb: Bomb): Promise<number> {
  const command = ['/usr/bin/perl', '-e', bomb.program(bomb.most)];
  return lastGot((await jail.exec(command, { timeoutMs: BOMB_MS })).stdout);
}

/** How long the loops took, and how often the kernel made them wait for the jail's share. */
async function burn({ host }: Stage, jail: StageJail): Promise<{ seconds: number; held: number }> {
  const times = async () => (await host.kernel.readCgroupUsage({ name: jail.cgroup }))?.throttledTimes ?? 0;
  const before = await times();
  const { stdout } = await jail.exec(['/usr/bin/perl', '-e', LOOPS], { timeoutMs: BOMB_MS });
  const seconds = Number(/^took ([\d.]+)$/m.exec(stdout)?.[1] ?? Number.NaN);
  return { seconds, held: (await times()) - before };
}
