import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { type HostSpec, type SpecKey, specKey } from '../host-spec.ts';
import type { HostState } from '../host-state.ts';
import type { Step } from '../step.ts';
import { plan } from './plan.ts';

/**
 * SHA-256, hex, over the steps and the facts that they rest on. `cause` is left out and ids in `generated`
 * become placeholders: both are made when a person submits what was only previewed.
 */
export function planHash(steps: readonly Step[], facts: unknown, generated: readonly string[] = []): string {
  let text = canonicalJson({ steps: steps.map(({ cause: _, ...step }) => step), facts });
  generated.forEach((id, index) => {
    text = text.replaceAll(id, `#${index + 1}`);
  });
  return createHash('sha256').update(text).digest('hex');
}

/** The hash that a person approves for one object: its own steps, and its jail as it was then seen. */
export function objectPlanHash(
  spec: HostSpec,
  state: HostState,
  key: SpecKey,
  generated: readonly string[] = [],
): string {
  const steps = plan(spec, state).filter((step) => step.object === key);
  return planHash(steps, factsOf(spec, state, key), generated);
}

function factsOf(spec: HostSpec, state: HostState, key: SpecKey): unknown {
  const object = spec.objects.get(key);
  if (!object) return null;
  if (object.kind === 'network') return state.bridges.map((bridge) => bridge.name);
  const jail = object.kind === 'jail' ? object : spec.objects.get(specKey({ kind: 'jail', id: object.jail }));
  const seen =
    jail?.kind === 'jail' ? state.jails.find((candidate) => candidate.key === jail.key) : undefined;
  return {
    process: seen?.process ? { state: seen.process.state, startNumber: seen.process.startNumber } : null,
    addresses: seen?.netns?.addresses ?? [],
  };
}
