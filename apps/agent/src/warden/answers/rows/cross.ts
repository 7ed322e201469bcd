import { ANSWER_ROWS } from '@cellblock/shared/answers/all-rows';
import { judge } from '@cellblock/shared/answers/answer';
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

export const everyPassHasItsControl: LookBackRow = {
  id: 'X2',
  lookBack({ answers }) {
    const passed = answers.filter(({ verdict }) => verdict === 'pass');
    const bare = passed.filter(({ probe, control }) => !probe?.asExpected || !control?.asExpected);
    const without = judge(found(true, ''), found(false, ''));
    return {
      probe: found(
        bare.length === 0,
        bare.length === 0
          ? `${passed.length} rows passed, each with a control that showed the hole`
          : `passed without a control: ${bare.map(({ row }) => row).join(', ')}`,
      ),
      control: found(
        without.verdict === 'fail',
        `a row whose probe held and whose control did not show the hole is judged: ${without.verdict}`,
      ),
    };
  },
};

export const nothingIsLeft: LookBackRow = {
  id: 'X3',
  lookBack({ before, during, after, stage }) {
    const change = pictureChange(before, after);
    const left = change.filter((line) => ofStage(line, stage));
    const others = change.length - left.length;
    const meanwhile = pictureChange(before, during).filter((line) => ofStage(line, stage));
    return {
      probe: found(
        left.length === 0,
        `${after.length} objects were compared; of this run ${left.length} are left${
          left.length > 0 ? `: ${left.slice(0, 5).join(', ')}` : ''
        }${others > 0 ? `; ${others} of others came or went meanwhile` : ''}`,
      ),
      control: found(
        meanwhile.length > 0,
        `the same comparison while the jails were there finds ${meanwhile.length}: ${meanwhile.slice(0, 3).join(', ')}`,
      ),
    };
  },
};

export const LOOK_BACK_ROWS = [everyRowAnswered, everyPassHasItsControl, nothingIsLeft];
