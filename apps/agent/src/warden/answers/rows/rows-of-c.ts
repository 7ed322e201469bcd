import { Name } from '@cellblock/shared/name';
import { JailPath } from '@cellblock/shared/view-mount';
import { bind } from '../../stage/stage.ts';
import { allHeld, attemptsInside, attemptsOutside, theseBreak } from '../probe-lines.ts';
import { found, type Row } from '../row.ts';
import { attackTogether, attackTogetherFromChroot, attackWithHostUser } from './accomplice.ts';
import { enterCarelessly, enterInAmbush } from './ambush.ts';
import { plainJail } from './plain-jail.ts';
import { reservedName } from './reserved-name.ts';
import { onView } from './view-jail.ts';

const HANDED_OVER = [
  'passed-root',
  'passed-directory',
  'passed-process-entered',
  'passed-process-descriptors',
  'passed-namespace',
  'passed-file',
  'passed-table-environment',
];
/** Those of them that a plain chroot lets through on every kernel. */
const HANDED_OVER_SHOWN = [
  'passed-root',
  'passed-process-entered',
  'passed-process-descriptors',
  'passed-namespace',
];
/** Of what a peer takes out of the place that both see: stood in and held, moved away and exchanged. */
const MOVED_OUT = [
  'renamed-out',
  'renamed-out-held',
  'renamed-out-resolved',
  'renamed-out-exchanged',
  'renamed-out-exchanged-held',
];
/** From a root below the root. */
const WITH_HELP = ['renamed-out-of-chroot', 'renamed-out-of-chroot-held', 'passed-into-chroot'];
const DOTS = ['.', '..', '...', '....', '.......'];
const ENTERED = ['descriptors-leaked', 'descriptors-of-streams', 'descriptors-climb', 'working-directory'];

export const ROWS_OF_C: readonly Row[] = [
  {
    id: 'C1',
    async answer(stage) {
      const { said } = await attackTogether(stage, HANDED_OVER);
      return {
        probe: allHeld(said, HANDED_OVER),
        control: theseBreak(await attackTogetherFromChroot(stage, HANDED_OVER), HANDED_OVER_SHOWN),
      };
    },
  },
  {
    id: 'C2',
    async answer(stage) {
      const names = [...MOVED_OUT, 'chroot-kept-directory'];
      const { said } = await attackTogether(stage, names);
      const ofJail = allHeld(said, names);
      const ofUser = allHeld(await attackWithHostUser(stage, MOVED_OUT), MOVED_OUT);
      return {
        probe: found(
          ofJail.asExpected && ofUser.asExpected,
          `with another jail: ${ofJail.evidence}; with a user of the host: ${ofUser.evidence}`,
        ),
        control: theseBreak(await attackTogetherFromChroot(stage, names), names),
      };
    },
  },
  {
    id: 'C3',
    async answer(stage) {
      const names = ['chroot-and-climb', 'chroot-kept-directory'];
      const told = { NONCE: stage.nonce, SCRATCH: '/tmp' };
      const place = await stage.source('chroot-in-chroot', 0o777);
      const outside = await attemptsOutside(stage, {
        names,
        told: { ...told, SCRATCH: '/' },
        script: `cp ${stage.probePath} ${place}/probe`,
        before: `exec chroot ${place} /probe`,
      });
      const alone = allHeld(await attemptsInside(await plainJail(stage), { names, told }), names);
      const together = allHeld((await attackTogether(stage, WITH_HELP)).said, WITH_HELP);
      const [shown, helped] = [
        theseBreak(outside, names),
        theseBreak(await attackTogetherFromChroot(stage, WITH_HELP), WITH_HELP),
      ];
      return {
        probe: found(
          alone.asExpected && together.asExpected,
          `${alone.evidence}; with the help of another jail: ${together.evidence}`,
        ),
        control: found(shown.asExpected && helped.asExpected, `${shown.evidence}; ${helped.evidence}`),
      };
    },
  },
  {
    id: 'C4',
    async answer(stage) {
      const jail = await plainJail(stage);
      const entered = allHeld(await attemptsInside(jail, { names: ENTERED }), ENTERED);
      const at = (await jail.sh('readlink /proc/self/cwd')).stdout.trim();
      const names = ['descriptors-leaked'];
      const outside = theseBreak(await attemptsOutside(stage, { names, script: 'exec 9</usr' }), names);
      const ambush = await enterInAmbush(jail);
      const careless = await enterCarelessly(stage, jail);
      return {
        probe: found(
          entered.asExpected && ambush.asExpected && at === '/',
          `whoever enters stands at ${at}; ${entered.evidence}; ${ambush.evidence}`,
        ),
        control: found(
          outside.asExpected && careless.asExpected,
          `a plain child that was given a directory has it: ${outside.evidence}; ${careless.evidence}`,
        ),
      };
    },
  },
  reservedName,
  {
    id: 'C31',
    async answer(stage) {
      const taken = DOTS.filter((name) => Name.safeParse(name).success);
      const shown = DOTS.filter((name) => JailPath.safeParse(`/srv/${name}`).success);
      const asked = await stage.jail(onView([bind(await stage.source('dots'), '/srv/...')])).then(
        () => 'it was made',
        (error: Error) => error.message,
      );
      const plain = Name.safeParse('a.b').success && JailPath.safeParse('/srv/a.b').success;
      const made = await stage.outside([
        'sh',
        '-c',
        `cd $(mktemp -d -p ${stage.directory}) && mkdir ... && ls -A`,
      ]);
      return {
        probe: found(
          taken.length === 0 && shown.length === 0 && /dots/.test(asked),
          `${DOTS.join(' ')}: no name of a jail, network or pool, and no place in a view; a jail with /srv/...: ${asked}`,
        ),
        control: found(
          plain && made.stdout.trim() === '...',
          'a name with a dot among letters is taken, and the file system itself takes `...`',
        ),
      };
    },
  },
];
