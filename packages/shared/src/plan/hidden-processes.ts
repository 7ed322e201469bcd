import type { HostState } from '../host-state.ts';
import { HIDDEN, hidesProcesses, PROC_HIDEPID } from '../proc-hidepid.ts';
import type { Step } from '../step.ts';

/**
 * The bounds that let us hide processes also ask for it: no network or jail needs it, so nobody else would
 * (decision 23). An object of its own: where it fails, the guard and the jails do not wait for it.
 */
export function hiddenProcessSteps(state: HostState): Step[] {
  const seen = state.hostSettings.find(({ key }) => key === PROC_HIDEPID);
  if (!seen?.mayChange || hidesProcesses(seen.value)) return [];
  const object = `host-setting/${PROC_HIDEPID}`;
  return [{ kind: 'host-setting.set', object, cause: null, key: PROC_HIDEPID, value: HIDDEN }];
}
