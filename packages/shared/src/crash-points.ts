import { Step, type StepKind } from './step.ts';

/**
 * Every place where the crash suite ends a process: `globalThis.crashHere?.('warden did ids.claim')`. The
 * shipped programs have no such call: the bundler leaves them out.
 */
export type CrashPoint =
  | `warden ${'did' | 'accounted for'} ${StepKind}`
  | `warden ${'drafted' | 'wrote'} ${DurableFile}`
  | (typeof WARDEN)[number]
  | (typeof DIALER)[number]
  | (typeof DASHBOARD)[number]
  | (typeof PROGRAMS)[number];

declare global {
  /** Only a crash build has it; it returns, unless a test wants the process to end at this point. */
  var crashHere: ((point: CrashPoint) => void) | undefined;
}

/** Files that the warden replaces whole, by name. */
const DURABLE_FILES = [
  'head.json',
  'holds.json',
  'host.json',
  'journal.jsonl',
  'key.pem',
  'record.json',
  'settled.json',
  'sights.json',
  'snapshot.json',
] as const;
export type DurableFile = (typeof DURABLE_FILES)[number];

const WARDEN = [
  'warden appended to the journal',
  'warden accepted a spec',
  'warden appended receipts',
  'warden removed receipts',
  'warden drafted a claim',
  'warden linked a claim',
  'warden made a directory for a jail',
  'warden counted a directory',
  'warden copied etc',
  'warden put storage aside',
  'warden started a tree',
  'warden stopped a tree',
  'warden killed a group',
  'warden found an address free',
  'warden added an address unannounced',
  'warden said hello',
  'warden proved its key',
  'warden told the dialer',
] as const;

const DIALER = [
  'dialer reached the dashboard',
  'dialer reached the warden',
  'dialer passed a frame',
] as const;

const DASHBOARD = [
  'dashboard began a change',
  'dashboard decided a change',
  'dashboard recorded an intent',
  'dashboard recorded a change',
  'dashboard committed a change',
  'dashboard numbered a change',
  'dashboard loaded a spec',
  'dashboard delivered a spec',
  'dashboard fetched receipts',
  'dashboard stored receipts',
  'dashboard committed receipts',
  'dashboard acknowledged receipts',
  'dashboard stored a report',
  'dashboard confirmed addresses',
  'dashboard took a report in',
  'dashboard committed a report',
  'dashboard appended an outcome',
  'dashboard numbered events',
  'dashboard enrolled a host',
  'dashboard used a token',
  'dashboard committed an admission',
] as const;

/** In C++, `CRASH_POINT("spawn read the spec")`. */
const PROGRAMS = [
  'spawn prepared the tree',
  'spawn read the spec',
  'spawn left its caller',
  'spawn prepared the run directory',
  'spawn entered the mounts',
  'spawn is about to execute',
  'spawn joined the groups',
  'spawn entered the network',
  'spawn made namespaces',
  'spawn made the first process',
  'spawn gave the first process its ids',
  'spawn handed the mounts over',
  'spawn received the mounts',
  'spawn wrote the facts of the tree',
  'spawn released the first process',
  'spawn heard that the program runs',
  'spawn mounted the root',
  'spawn mounted devices and processes',
  'spawn mounted the storage',
  'spawn turned the root',
  'spawn locked the mounts',
  'spawn is about to be the keeper',
  'keeper took a listener',
  'keeper kept what was written',
  'keeper saw the end',
  'keeper wrote the end down',
  'keeper gave the lock back',
  'keeper told its listeners',
  'keeper began',
  'keeper confined itself',
  'keeper reported',
] as const;

/** All of them, for the suite that must reach each. */
export const CRASH_POINTS: readonly CrashPoint[] = [
  ...Step.options.flatMap(({ shape }): CrashPoint[] => [
    `warden did ${shape.kind.value}`,
    `warden accounted for ${shape.kind.value}`,
  ]),
  ...DURABLE_FILES.flatMap((file): CrashPoint[] => [`warden drafted ${file}`, `warden wrote ${file}`]),
  ...WARDEN,
  ...DIALER,
  ...DASHBOARD,
  ...PROGRAMS,
];
