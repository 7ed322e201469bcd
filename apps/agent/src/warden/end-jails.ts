import { jailsOf, specKey } from '@cellblock/shared/host-spec';
import { cgroupName } from '@cellblock/shared/owned-names';
import type { Step } from '@cellblock/shared/step';
import type { AcceptedSpec } from './accepted-spec.ts';
import { applySet, type StepOutcome } from './apply/apply-set.ts';
import { observeHost } from './observe/observe-host.ts';
import type { WardenHost } from './warden-host.ts';

/** Ends every jail that runs, together, and by force after `patienceMs`. */
export async function endJails(
  host: WardenHost,
  o: { accepted: AcceptedSpec; patienceMs: number; report: (outcome: StepOutcome) => Promise<void> },
): Promise<void> {
  const running = (await observeHost(host)).jails.filter(({ process }) => process?.state === 'running');
  const force = setTimeout(() => {
    for (const { key } of running) {
      const name = cgroupName(host.instance, key);
      host.kernel.killCgroup({ name }).catch((error) => console.error(`jail ${key}:`, error));
    }
  }, o.patienceMs);
  await Promise.all(
    running.map(({ key, process }) => {
      const spec = jailsOf(o.accepted.spec).find((jail) => jail.key === key);
      const step: Step = {
        kind: 'process.stop',
        object: spec ? specKey(spec) : `jail/${key}`,
        cause: null,
        jail: key,
        name: spec?.name ?? key,
        startNumber: process?.startNumber ?? 0,
      };
      // Whatever keeps one from ending well, the others are waited for, and ended by force.
      return applySet(host, [step], { report: o.report }).catch((error) =>
        console.error(`jail ${key}: its end was not accounted for:`, error),
      );
    }),
  );
  clearTimeout(force);
}
