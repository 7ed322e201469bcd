import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinuxKernel } from '@cellblock/native/linux-kernel';
import { createLinuxProcessTrees } from '@cellblock/native/linux-process-trees';
import type { ProcessTrees } from '@cellblock/native/process-tree';
import { ANSWER_ROWS } from '@cellblock/shared/answers/all-rows';
import type { Answer } from '@cellblock/shared/answers/answer';
import { hostSpec } from '@cellblock/shared/host-spec';
import { loadAgentKey } from '../src/warden/agent-key.ts';
import { ALL_ANSWERS } from '../src/warden/answers/all-answers.ts';
import { runRows } from '../src/warden/answers/run-rows.ts';
import { EtcCopies } from '../src/warden/etc/etc-copies.ts';
import { bootId } from '../src/warden/facts.ts';
import { IdRanges } from '../src/warden/id-ranges.ts';
import { JailRecords } from '../src/warden/jail-records.ts';
import { wardenPaths } from '../src/warden/paths.ts';
import { programsDirectory } from '../src/warden/programs-directory.ts';
import { purgeHost } from '../src/warden/purge.ts';
import { closeStorage } from '../src/warden/storage.ts';
import type { WardenHost } from '../src/warden/warden-host.ts';

/** This kernel as an agent's host, without its loop: rows make jails on it and take them away. */
export class AnswersHost {
  readonly host: WardenHost;

  private constructor(host: WardenHost) {
    this.host = host;
  }

  static async open(trees?: ProcessTrees, kernel = createLinuxKernel()): Promise<AnswersHost> {
    const directory = await mkdtemp(join(tmpdir(), 'cellblock-answers-'));
    const paths = wardenPaths(directory);
    const { instance } = await loadAgentKey(directory);
    const host: WardenHost = {
      kernel,
      trees: trees ?? createLinuxProcessTrees({ programs: programsDirectory() }),
      instance,
      bootId: await bootId(),
      paths,
      ids: new IdRanges({ registry: paths.ids }),
      records: new JailRecords(paths),
      etc: new EtcCopies(paths.agent),
      keeper: { uid: 65_534, gid: 65_534 },
      throwAway: new Set(),
      spec: () => hostSpec(0, []),
      mayChange: () => [],
      mayShow: () => ({ viewPrefixes: [], devices: [] }),
      now: () => new Date(),
    };
    await closeStorage(host);
    return new AnswersHost(host);
  }

  /** All rows, or those named, in the order of the list; `each` hears of every answer. */
  async answers(
    ids?: readonly string[],
    each: (answer: Answer) => void = () => undefined,
  ): Promise<Answer[]> {
    const asked = ids ?? ANSWER_ROWS.map(({ id }) => id);
    const answers: Answer[] = [];
    await runRows({
      host: this.host,
      rows: ALL_ANSWERS.filter(({ id }) => asked.includes(id)),
      asked,
      lab: false,
      signal: AbortSignal.timeout(300_000),
      begun: () => undefined,
      answered: (answer) => {
        answers.push(answer);
        each(answer);
      },
    });
    return answers;
  }

  async close(): Promise<void> {
    await purgeHost(this.host);
    await rm(this.host.paths.data, { recursive: true, force: true });
  }
}
