import { ANSWER_ROWS } from '@cellblock/shared/answers/all-rows';
import { type Answer, judge } from '@cellblock/shared/answers/answer';
import { netnsPath } from '@cellblock/shared/owned-names';
import { ofStage, pictureChange } from '../../stage/picture.ts';
import { found, type LookBackRow } from '../row.ts';

const LOOKING_BACK = ['X1', 'X2', 'X3', 'X6'];

export const everyRowAnswered: LookBackRow = {
  id: 'X1',
  lookBack({ asked, answers }) {
    const expected = asked.filter((id) => !LOOKING_BACK.includes(id));
    const missing = (ids: readonly string[]) => expected.filter((id) => !ids.includes(id));
    const given = answers.map(({ row }) => row);
    const none = missing(given);
    const unknown = given.filter((id) => !ANSWER_ROWS.some((row) => row.id === id));
    const withoutFirst = missing(given.slice(1));
    return {
      probe: found(
        none.length === 0 && unknown.length === 0,
        none.length === 0
          ? `${given.length} rows were asked, each is answered`
          : `no answer: ${none.join(', ')}`,
      ),
      control: found(
        given.length === 0 || withoutFirst.length === 1,
        `the same look with the first answer taken out finds ${withoutFirst.join(', ') || 'nothing to take out'}`,
      ),
    };
  },
};

/** A control that says nothing, or word for word what the probe says, was not made. */
function provesNothing({ probe, control }: Answer): boolean {
  return (
    !probe?.asExpected ||
    !control?.asExpected ||
    control.evidence === '' ||
    control.evidence === probe.evidence
  );
}

export const everyPassHasItsControl: LookBackRow = {
  id: 'X2',
  lookBack({ answers }) {
    const passed = answers.filter(({ verdict }) => verdict === 'pass');
    const bare = passed.filter(provesNothing);
    const missed = passed.map((answer) => ({ ...answer, control: answer.probe })).filter(provesNothing);
    const without = judge(found(true, ''), found(false, ''));
    return {
      probe: found(
        bare.length === 0,
        bare.length === 0
          ? `${passed.length} rows passed, each with a control that showed the hole and saw something else than the probe`
          : `passed without a control: ${bare.map(({ row }) => row).join(', ')}`,
      ),
      control: found(
        without.verdict === 'fail' && missed.length === passed.length,
        `the same look with each probe in the place of its control finds ${missed.length} of ${passed.length}; a row whose probe held and whose control did not show the hole is judged: ${without.verdict}`,
      ),
    };
  },
};

/** Of these there is one whatever else was asked, so that its comparison is seen to tell. */
const KINDS = ['link', 'address', 'route', 'mount', 'file'];

export const nothingIsLeft: LookBackRow = {
  id: 'X3',
  /** Throw-away jails have no links but their own loopback: here is a network with an address and a route. */
  async furnish(stage) {
    const { kernel, instance } = stage.host;
    const netns = netnsPath(instance, stage.key());
    await kernel.createNetns({ path: netns });
    await kernel.createBridge({ netns, name: 'x3' });
    await kernel.addAddress({ netns, link: 'x3', prefix: '192.0.2.1/24' });
    const route = { destination: '198.51.100.0/24', gateway: '192.0.2.2', link: 'x3' };
    await kernel.addRoute({ netns, route });
  },
  lookBack({ before, during, after, stage }) {
    const change = pictureChange(before, after);
    const left = change.filter((line) => ofStage(line, stage));
    const others = change.length - left.length;
    const meanwhile = pictureChange(before, during).filter((line) => ofStage(line, stage));
    const ofKind = (kind: string) => meanwhile.filter((line) => line.startsWith(`+ ${kind} `));
    const counts = KINDS.map((kind) => `${ofKind(kind).length} ${kind}`).join(', ');
    const examples = KINDS.slice(0, 3).flatMap((kind) => ofKind(kind).at(-1) ?? []);
    return {
      probe: found(
        left.length === 0,
        `${after.length} objects were compared, addresses and routes among them; of this run ${left.length} are left${
          left.length > 0 ? `: ${left.slice(0, 5).join(', ')}` : ''
        }${others > 0 ? `; ${others} of others came or went meanwhile` : ''}`,
      ),
      control: found(
        KINDS.every((kind) => ofKind(kind).length > 0),
        `the same comparison while the jails were there finds ${meanwhile.length} (${counts}): ${examples.join(', ')}`,
      ),
    };
  },
};

/** What the archive lost of mail C is tested as it is read here: `fails`, `escape`, and a name under `/...`. */
export const lostWords: LookBackRow = {
  id: 'X6',
  lookBack({ answers }) {
    const readings = { escape: ['C1', 'C2', 'C3'], 'a name under /...': ['C30', 'C31'] };
    const of = (rows: string[]) => answers.filter(({ row }) => rows.includes(row));
    const all = Object.values(readings).flatMap(of);
    const words = Object.entries(readings).map(
      ([word, rows]) =>
        `"${word}": ${
          of(rows)
            .map(({ row, verdict }) => `${row} ${verdict}`)
            .join(', ') || 'not asked'
        }`,
    );
    const bare = judge(found(false, ''), found(true, ''));
    return {
      probe: found(
        all.length > 0 && all.every(({ verdict }) => verdict === 'pass'),
        `${words.join('; ')}; "fails" is of launchers, which this version has not`,
      ),
      control: found(
        bare.verdict === 'fail' && all.every(({ control }) => control?.asExpected === true),
        'each of these rows has shown its hole where the protection is missing',
      ),
    };
  },
};

export const LOOK_BACK_ROWS = [everyRowAnswered, everyPassHasItsControl, nothingIsLeft, lostWords];
