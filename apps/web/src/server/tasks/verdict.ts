import type { Refusal } from '@cellblock/shared/app-error';
import type { HostStatus, Problem } from '@cellblock/shared/host-status';
import { systemRefusal } from '@cellblock/shared/system-refusal';
import { type Want, wantKey } from './want.ts';

/** What is known when a task is judged. */
export interface Facts {
  hosts: ReadonlyMap<string, { id: string; name: string; status: HostStatus | null; receiptSeq: number }>;
  /** assignments by id: what their hosts confirmed */
  addresses: ReadonlyMap<string, { jailId: string; seenFrom: Date | null; seenGone: Date | null }>;
  /** jails and networks that are confirmed gone */
  gone: ReadonlySet<string>;
  /** events that a stored receipt names as its cause */
  accounted: ReadonlySet<string>;
}

export interface Verdict {
  state: 'wanted' | 'accepted' | 'applied' | 'failed' | 'refused';
  message: string | null;
  refusal: Refusal | null;
}

export interface JudgedTask {
  event: string;
  hosts: readonly string[];
  wants: readonly Want[];
}

/** Tries after which a step counts as failed, though its host goes on trying. */
const ATTEMPTS_UNTIL_FAILED = 3;

/**
 * A task is *applied* when every object is as it wants it in its host's report, at a generation that is no
 * older than the task's, and all receipts that the report speaks of are stored. *Refused* when a host
 * refuses one of its objects, *failed* when a step of its event has failed several times or for good.
 */
export function verdictOf(task: JudgedTask, facts: Facts): Verdict {
  const hosts = task.hosts.flatMap((id) => facts.hosts.get(id) ?? []);
  const accounts = hosts.every(({ status, receiptSeq }) => status === null || receiptSeq >= status.receipts);
  if (accounts && task.wants.every((want) => isMet(want, task.event, facts)))
    return { state: 'applied', message: null, refusal: null };

  const keys = new Set<string>(task.wants.map(wantKey));
  const waitingFor = new Set(
    task.wants.filter((want) => !isMet(want, task.event, facts)).flatMap((want) => jailOf(want, facts)),
  );
  for (const { name, status } of hosts) {
    const refused = status?.refused.find(
      (one) => one.cause === task.event || (keys.has(one.key) && one.cause === null),
    );
    if (refused) {
      const message = `Host ${name} refuses it: ${refused.message}`;
      return {
        state: 'refused',
        message,
        refusal: {
          code: 'denied',
          message,
          cause: `Its rule ${refused.rule} stands against it; what it has is left as it is.`,
          fix:
            refused.fix ??
            `Ask for what ${name} allows; its root may allow more in /etc/cellblock/bounds.d there.`,
          evidence: { ...refused },
        },
      };
    }
    const held = status?.jails.find(({ id, hold }) => hold !== null && waitingFor.has(id))?.hold;
    if (held) {
      const message = `${held.by} holds it on host ${name} against remote changes: ${held.reason}. It waits until it is let go.`;
      return { state: 'accepted', message, refusal: null };
    }
    // What fails for the host itself (its guard, a setting) is nobody's event and stands in everybody's way.
    const problem =
      status?.problems.find((one) => one.cause === task.event) ??
      status?.problems.find((one) => keys.has(one.key) || one.key === 'host');
    if (!problem) continue;
    const words = `Step ${problem.step} on host ${name}: ${problem.message}${problem.code ? ` (${problem.code})` : ''}`;
    if (problem.nextTryAt === null || problem.attempts >= ATTEMPTS_UNTIL_FAILED) {
      const refusal: Refusal = {
        code: 'internal',
        message: words,
        cause: causeOf(problem),
        fix:
          problem.fix ??
          `Mend what it names on ${name}; it is tried again by itself. Its log: DATA/log/warden.log`,
        evidence: { ...problem },
      };
      return { state: 'failed', message: words, refusal };
    }
    return { state: 'accepted', message: `${words}. It is tried again.`, refusal: null };
  }
  const accepted = task.wants.every((want) => {
    if (want.type === 'address') return true;
    return (facts.hosts.get(want.host)?.status?.accepted ?? -1) >= want.generation;
  });
  return { state: accepted ? 'accepted' : 'wanted', message: null, refusal: null };
}

/** errno in words, where the kernel refused, and how often it was asked. */
function causeOf({ code, step, message, attempts, nextTryAt }: Problem): string {
  const refused = code ? systemRefusal(Object.assign(new Error(message), { code, step }))?.cause : undefined;
  const tried = nextTryAt === null ? 'To try again is of no use.' : `It was tried ${attempts} times.`;
  return refused === undefined ? tried : `${refused.charAt(0).toUpperCase()}${refused.slice(1)} ${tried}`;
}

/** The jail that a want is about: a hold of the jail keeps its addresses as they are, too. */
function jailOf(want: Want, facts: Facts): string[] {
  if (want.type === 'jail') return [want.id];
  const jail = want.type === 'address' ? facts.addresses.get(want.id)?.jailId : undefined;
  return jail === undefined ? [] : [jail];
}

function isMet(want: Want, event: string, facts: Facts): boolean {
  if (want.type === 'address') {
    const row = facts.addresses.get(want.id);
    return row !== undefined && (want.want === 'present' ? row.seenFrom !== null : row.seenGone !== null);
  }
  const absent = want.want === 'absent' || want.want === 'destroyed';
  if (absent && facts.gone.has(want.id)) return true;
  const status = facts.hosts.get(want.host)?.status;
  if (!status || status.accepted < want.generation) return false;
  if (status.problems.some(({ key }) => key === wantKey(want))) return false;
  if (want.type === 'network') {
    const seen = status.networks.find(({ id }) => id === want.id)?.state;
    return seen === want.want;
  }
  const seen = status.jails.find(({ id }) => id === want.id);
  switch (want.want) {
    case 'running':
      // A short command may have ended before the report: it was started all the same.
      return (
        seen !== undefined &&
        ['running', 'stopped', 'failed'].includes(seen.state) &&
        seen.startNumber >= want.startNumber
      );
    case 'stopped':
      return seen !== undefined && ['stopped', 'failed', 'destroyed'].includes(seen.state);
    case 'destroyed':
      return seen?.state === 'destroyed';
    case 'configured':
      // Settings leave no trace in a report: the host accounts for them by a step, or has nothing to do.
      // A problem of another object keeps the whole generation from being true, and says nothing of this one.
      return status.converged >= want.generation || facts.accounted.has(event) || status.problems.length > 0;
  }
}
