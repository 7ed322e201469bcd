import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeKernel } from '@cellblock/native/fake-kernel';
import { FakeProcessTrees } from '@cellblock/native/fake-process-trees';
import { type HostSpec, hostSpec } from '@cellblock/shared/host-spec';
import type { HostState } from '@cellblock/shared/host-state';
import { plan } from '@cellblock/shared/plan/plan';
import type { Step } from '@cellblock/shared/step';
import { applySet, type StepOutcome } from '../src/warden/apply/apply-set.ts';
import { EtcCopies } from '../src/warden/etc/etc-copies.ts';
import { IdRanges } from '../src/warden/id-ranges.ts';
import { JailRecords } from '../src/warden/jail-records.ts';
import { observeHost } from '../src/warden/observe/observe-host.ts';
import { wardenPaths } from '../src/warden/paths.ts';
import type { WardenHost } from '../src/warden/warden-host.ts';

/** A host whose kernel and processes are in memory; its files are real, in a directory of its own. */
export class FakeHost {
  readonly kernel = createFakeKernel();
  readonly trees = new FakeProcessTrees();
  readonly directory: string;
  readonly host: WardenHost;
  spec: HostSpec = hostSpec(0, []);

  private constructor(directory: string) {
    this.directory = directory;
    const paths = wardenPaths(directory, join(directory, 'ids'));
    this.host = {
      kernel: this.kernel,
      trees: this.trees,
      instance: '0a1b2c3d',
      bootId: 'boot-1',
      paths,
      ids: new IdRanges({ registry: paths.ids }),
      records: new JailRecords(paths),
      etc: new EtcCopies(paths.agent),
      keeper: { uid: 65_534, gid: 65_534 },
      throwAway: new Set(),
      spec: () => this.spec,
      mayChange: () => ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding'],
      mayShow: () => ({ viewPrefixes: [], devices: [] }),
      now: () => new Date(),
    };
  }

  static async open(): Promise<FakeHost> {
    const directory = await mkdtemp(join(tmpdir(), 'cellblock-fake-'));
    const fake = new FakeHost(directory);
    await mkdir(fake.host.paths.agent, { recursive: true });
    await chmod(fake.host.paths.agent, 0o700);
    return fake;
  }

  observe(): Promise<HostState> {
    return observeHost(this.host);
  }

  /** Observe, plan, apply, once; `times`: how often each step is done, `cut`: after how many a crash comes. */
  async pass(o: { times?: number; cut?: number } = {}): Promise<{ steps: Step[]; failed: StepOutcome[] }> {
    const steps = plan(this.spec, await this.observe());
    const failed: StepOutcome[] = [];
    const repeated = steps
      .slice(0, o.cut)
      .flatMap((step) => Array.from({ length: o.times ?? 1 }, () => step));
    await applySet(this.host, repeated, {
      report: async (outcome) => {
        if (outcome.failure) failed.push(outcome);
      },
    });
    return { steps, failed };
  }

  async close(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
