import { CGROUP_CHECKS } from './cgroup-checks.ts';
import { CONFINEMENT_CHECKS } from './confinement-checks.ts';
import type { Check } from './host-check.ts';
import { IMAGE_CHECKS } from './image-checks.ts';
import { KERNEL_CHECKS } from './kernel-checks.ts';
import { NETWORK_CHECKS } from './network-checks.ts';

/** Every check, in the order in which a host page shows them. */
export const ALL_CHECKS: readonly Check[] = [
  ...KERNEL_CHECKS,
  ...CONFINEMENT_CHECKS,
  ...CGROUP_CHECKS,
  ...NETWORK_CHECKS,
  ...IMAGE_CHECKS,
];
