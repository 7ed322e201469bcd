import type { SetupStep } from '@/paths';

export const setupSteps: readonly { step: SetupStep; label: string }[] = [
  { step: 'claim', label: 'Administrator' },
  { step: 'host', label: 'Host' },
  { step: 'network', label: 'Network' },
  { step: 'jail', label: 'Jail' },
];

export function isSetupStep(text: string): text is SetupStep {
  return setupSteps.some(({ step }) => step === text);
}
