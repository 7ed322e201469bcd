import { killAgain } from '../doomed/kill-again.ts';
import { found, type StageRow } from '../row.ts';

/** As many as the requirement asks, where the machine may be kept busy for minutes. */
const KILLS_IN_LAB = 200;
/** Each act once at the least. */
const KILLS = 4;
/** A slow host does fewer, and the row says how many. */
const GOES_ON_MS = { plain: 8_000, lab: 400_000 };

/** An agent like this one, killed at random moments while it creates, starts, moves and deletes. */
export const killedAgain: StageRow = {
  id: 'X4',
  longestMs: { plain: 60_000, lab: 480_000 },
  async answer(stage) {
    const began = performance.now();
    const isLate = () => performance.now() - began > GOES_ON_MS[stage.lab ? 'lab' : 'plain'];
    const enough = (kills: number) => kills >= KILLS_IN_LAB || (kills >= KILLS && isLate());
    const { kills, inTheMiddle, untold, wrong, outcomes } = await killAgain(stage, { enough });
    return {
      probe: found(
        wrong.length === 0 && kills >= KILLS,
        wrong.length > 0
          ? wrong.join('; ')
          : `an agent killed ${kills} times while it created, started, moved and deleted: each act became true after its restart, nothing is left or missing, a jail beside it ran on; the history has no gap and says of each act how it ended: ${outcomes.ok} ok, ${outcomes.failed} failed, ${outcomes.unknown} unknown${stage.lab ? '' : `; ${KILLS_IN_LAB} times where the bounds say \`lab: true\``}`,
      ),
      control: found(
        inTheMiddle > 0 && untold > 0,
        `before the restart the host looked otherwise ${inTheMiddle} times, and of ${untold} acts the history said nothing`,
      ),
    };
  },
};
