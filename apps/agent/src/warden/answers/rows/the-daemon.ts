import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { bind, type Stage } from '../../stage/stage.ts';
import { attemptsInside, attemptsOutside, compared } from '../probe-lines.ts';
import { found, type StageRow } from '../row.ts';
import { everythingAtOnce, ONE_OF_EACH_KIND } from './everything-at-once.ts';
import { onView } from './view-jail.ts';

const SERVE = `const { createServer } = require('node:http'), fs = require('node:fs');
createServer((q, r) => { fs.appendFileSync('/log/access', q.url + '\\n'); r.end(fs.readFileSync('/www/word')); })
  .listen(8080, '127.0.0.1');`;
const ASK = `const end = Date.now() + 10000;
const ask = () => fetch('http://127.0.0.1:8080/' + process.argv[1]).then((a) => a.text()).then(console.log)
  .catch((e) => Date.now() < end ? setTimeout(ask, 50) : console.error(e.message));
ask();`;

/** A web daemon on a view: the agent's own Node serves from /www, which it cannot write, and logs to /log. */
export const THE_DAEMON: StageRow = {
  id: 'M16',
  async answer(stage) {
    const [www, log] = await sources(stage);
    await writeFile(join(www, 'word'), `word-${stage.nonce}`, { mode: 0o644 });
    const jail = await stage.jail(
      onView(
        [bind(www, '/www'), bind(log, '/log', { readOnly: false }), bind(dirname(process.execPath), '/node')],
        { profile: 'daemon', command: [`/node/${basename(process.execPath)}`, '-e', SERVE] },
      ),
    );
    const answer = await stage.outside([
      ...['nsenter', `--net=${jail.netns}`, process.execPath, '-e', ASK, stage.nonce],
    ]);
    const served = answer.stdout.trim();
    const logged = readFileSync(join(log, 'access'), 'utf8').includes(stage.nonce);
    const attempts = await everythingAtOnce(stage);
    const result = compared(
      await attemptsInside(jail, { ...attempts, told: { ...attempts.told, SCRATCH: '/log' } }),
      await attemptsOutside(stage, attempts),
      { asked: attempts.names, shown: ONE_OF_EACH_KIND },
    );
    return {
      probe: found(
        served === `word-${stage.nonce}` && logged && result.probe.asExpected,
        `it serves ${served || answer.stderr.trim()} and ${logged ? 'has logged' : 'has not logged'} the request; ${result.probe.evidence}`,
      ),
      control: result.control,
    };
  },
};

async function sources(stage: Stage): Promise<[string, string]> {
  return [await stage.source('www'), await stage.source('log', 0o777)];
}
