/** Why something is brought to a person's attention, and which rule says so. */
export const ATTENTION_RULES = {
  'host.waiting': 'A host that has enrolled waits until an administrator has compared its fingerprint.',
  'host.locked':
    'A host whose key was used by two at once is locked until an administrator approves it again.',
  'host.frozen': 'A host that knows a newer past than this database takes no changes from it.',
  'host.silent': 'A host that has not reported for 15 s is unknown, with everything on it.',
  'host.check': 'A host reports with its checks what its kernel lacks.',
  'host.clock': 'A host whose clock differs from this dashboard’s by more than 5 s.',
  'host.refuses': 'A host refuses what its bounds file does not allow.',
  'jail.failed': 'A jail whose process ended, and that its restart policy has given up or waits to start.',
  'step.failed': 'A step that failed on a host; the host goes on trying.',
  'address.releasing':
    'An address that was released, and that its host has not confirmed as gone within 2 min.',
  'address.unconfirmed':
    'An address that was released by force: until its host has reported, two may answer on it.',
  'pool.full': 'A pool of which nine addresses in ten are assigned, releasing or reserved.',
  'dashboard.away': 'A dashboard of this installation that was not stopped and says nothing.',
} as const;

export type AttentionRule = keyof typeof ATTENTION_RULES;
