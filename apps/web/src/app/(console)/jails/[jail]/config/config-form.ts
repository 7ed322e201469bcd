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

function formOf(settings: JailSettings): ConfigForm {
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

/** What is typed, and what the fields held when they were filled: what another person changes later is no edit. */
export interface FilledForm {
  form: ConfigForm;
  base: ConfigForm;
}

export function filledFrom(settings: JailSettings): FilledForm {
  return { form: formOf(settings), base: formOf(settings) };
}

/** Whether anything was typed. */
export const isTyped = ({ form, base }: FilledForm): boolean => !isSame(form, base);

/** The settings are others now: fields that nobody typed in show them, the rest stays as it is typed. */
export function refilled({ form, base }: FilledForm, now: JailSettings): FilledForm {
  const fresh: Partial<ConfigForm> = Object.fromEntries(
    Object.entries(formOf(now)).filter(([field]) => {
      const name = field as keyof ConfigForm;
      return isSame(form[name], base[name]);
    }),
  );
  return { form: { ...form, ...fresh }, base: { ...base, ...fresh } };
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

interface Unsendable {
  /** `meanwhile`: another person changed what this one typed in, and neither can be kept without the other */
  field: 'memory' | 'cpus' | 'pids' | 'view' | 'meanwhile';
  error: string;
}

type Typed = Pick<JailSettings, 'restart' | 'boot' | 'view'> & {
  limits: Pick<JailSettings['limits'], 'memory' | 'cpus' | 'pids'>;
};

function read(form: ConfigForm): Typed | Unsendable {
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
  const { restart, boot } = form;
  return { limits: { memory, cpus, pids }, restart, boot, view: viewOf(form.view) };
}

/** The settings that were changed here, or why they cannot be sent. */
export function settingsOf(
  { form, base }: FilledForm,
  { name, settings: now }: { name: string; settings: JailSettings },
): Partial<JailSettings> | Unsendable {
  const [typed, was] = [read(form), read(base)];
  if ('error' in typed) return typed;
  if ('error' in was) return was;
  const changed: Partial<JailSettings> = {};
  const limits = { ...now.limits };
  for (const limit of ['memory', 'cpus', 'pids'] as const)
    if (typed.limits[limit] !== was.limits[limit]) limits[limit] = typed.limits[limit];
  if (!isSame(limits, now.limits)) changed.limits = limits;
  if (typed.restart !== was.restart && typed.restart !== now.restart) changed.restart = typed.restart;
  if (typed.boot !== was.boot && typed.boot !== now.boot) changed.boot = typed.boot;
  if (isSameView(typed.view, was.view) || isSameView(typed.view, now.view)) return changed;
  // It is sent whole: what another person took out of it would come back.
  if (!isSameView(was.view, now.view)) {
    const error = `The view of ${name} was changed meanwhile. Reset to see it as it is now.`;
    return { field: 'meanwhile', error };
  }
  return { ...changed, view: typed.view };
}
