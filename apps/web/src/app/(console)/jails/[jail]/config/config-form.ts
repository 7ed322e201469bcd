import type { JailSettings, RestartPolicy } from '@cellblock/shared/jail-spec';
import { formatSize, parseSize } from '@cellblock/shared/size-text';
import { isSameView, linesOf, type ViewLine, viewLineError, viewOf } from '../../view-form';

export interface ConfigForm {
  memory: string;
  cpus: string;
  pids: string;
  restart: RestartPolicy;
  boot: boolean;
  view: ViewLine[];
}

export const restartPolicies = [
  { value: 'on-failure', label: 'Start it again if it failed' },
  { value: 'always', label: 'Always start it again' },
  { value: 'no', label: 'Leave it stopped' },
] as const;

export function formOf(settings: JailSettings): ConfigForm {
  const { memory, cpus, pids } = settings.limits;
  return {
    memory: memory === null ? '' : formatSize(memory),
    cpus: cpus === null ? '' : String(cpus),
    pids: pids === null ? '' : String(pids),
    restart: settings.restart,
    boot: settings.boot,
    view: linesOf(settings.view),
  };
}

/** The settings that differ, or which field cannot be read. */
export function settingsOf(
  form: ConfigForm,
  now: JailSettings,
): Partial<JailSettings> | { field: 'memory' | 'cpus' | 'pids' | 'view'; error: string } {
  const memory = form.memory.trim() ? parseSize(form.memory) : null;
  if (memory === null && form.memory.trim())
    return { field: 'memory', error: 'This is no size: write 256M or 1G.' };
  const cpus = form.cpus.trim() ? Number(form.cpus) : null;
  if (cpus !== null && !(cpus > 0))
    return { field: 'cpus', error: 'This is no number above 0: write 0.5 or 2.' };
  const pids = form.pids.trim() ? Number(form.pids) : null;
  if (pids !== null && !(Number.isInteger(pids) && pids >= 2))
    return { field: 'pids', error: 'This is no whole number from 2 up.' };
  const line = form.view.map(viewLineError).find((error) => error !== null);
  if (line) return { field: 'view', error: line };
  const changed: Partial<JailSettings> = {};
  const { limits } = now;
  if (memory !== limits.memory || cpus !== limits.cpus || pids !== limits.pids)
    changed.limits = { ...limits, memory, cpus, pids };
  if (form.restart !== now.restart) changed.restart = form.restart;
  if (form.boot !== now.boot) changed.boot = form.boot;
  const view = viewOf(form.view);
  if (!isSameView(view, now.view)) changed.view = view;
  return changed;
}
