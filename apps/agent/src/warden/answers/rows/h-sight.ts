import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SEEN_JAILS } from '@cellblock/shared/own-mounts';
import { Sights } from '../../see/sights.ts';
import { found, type StageRow } from '../row.ts';
import { twoJails } from './two-jails.ts';

const SHORT_MS = 1_500;
const SLACK_MS = 500;

/** The agent's own permissions, with a file of their own on the stage. */
export const permissionToSee: StageRow = {
  id: 'H8',
  async answer(stage) {
    const [a, b] = await twoJails(stage);
    const sights = await Sights.open({
      host: stage.host,
      path: join(stage.directory, 'sights.json'),
      jail: (id) => [a.spec, b.spec].find((spec) => spec.id === id),
    });
    const look = async (jail: typeof a) => (await jail.sh(`cat ${SEEN_JAILS}/* 2>&1; :`)).stdout;
    const shows = (text: string) => text.includes(`"jail": "${b.spec.name}"`) && text.includes('"pid": 1,');
    await b.sh('sleep 20 >/dev/null 2>&1 </dev/null & :');
    const before = shows(await look(a));
    const sight = { viewer: a.spec.id, target: b.spec.id };
    const lasting = { ...sight, id: randomUUID(), until: new Date(Date.now() + 3_600_000).toISOString() };
    await sights.grant(lasting);
    const granted = await look(a);
    const back = shows(await look(b));
    const written = await a.sh(`echo x > ${SEEN_JAILS}/${b.spec.name}`);
    await sights.revoke(lasting.id);
    const revoked = shows(await look(a));
    await sights.grant({ ...sight, id: randomUUID(), until: new Date(Date.now() + SHORT_MS).toISOString() });
    const short = shows(await look(a));
    await new Promise((resolve) => setTimeout(resolve, SHORT_MS + SLACK_MS));
    await sights.refresh();
    const expired = shows(await look(a));
    await sights.stop();
    return {
      probe: found(
        shows(granted) &&
          granted.includes('"sleep"') &&
          !back &&
          !revoked &&
          short &&
          !expired &&
          written.code !== 0,
        `granted: ${b.key} is listed in ${a.key}, and not the other way round; revoked: ${revoked}; after its time: ${expired}; changed by the viewer: ${written.stderr.trim()}`,
      ),
      control: found(
        !before && shows(granted),
        'the same look before the grant finds nothing, with it the other jail',
      ),
    };
  },
};
