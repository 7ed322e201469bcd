import * as z from 'zod';
import { IpAddress } from './ip-address.ts';
import { Hostname } from './name.ts';

/** A path on the host: absolute, without `..`, empty parts or control characters. */
export const HostPath = z
  .string()
  .regex(/^\//, 'must be absolute: begin with /')
  .refine((path) => !path.split('/').includes('..'), 'must not contain "..": write the path out')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  .refine((path) => !/[\u0000-\u001f\u007f]/.test(path), 'must not contain control characters');

/** What a jail's `/` is. */
export const JailRoot = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('host-usr'), ephemeral: z.boolean().default(false) }),
  z.object({ kind: z.literal('dir'), path: HostPath }),
  z.object({ kind: z.literal('tar'), path: HostPath }),
]);
export type JailRoot = z.infer<typeof JailRoot>;

export const JailLimits = z.object({
  /** bytes; null is no limit of our own */
  memory: z
    .int()
    .min(4 * 1024 * 1024, 'is below 4 MiB: no process would start')
    .nullable()
    .default(null),
  /** cores; 0.5 is half of one */
  cpus: z.number().min(0.01, 'is below 0.01 of a core').max(1024).nullable().default(null),
  pids: z
    .int()
    .min(2, 'is below 2: no process could be started beside pid 1')
    .max(4194304)
    .nullable()
    .default(null),
});
export type JailLimits = z.infer<typeof JailLimits>;

export const RestartPolicy = z.enum(['no', 'on-failure', 'always']);
export type RestartPolicy = z.infer<typeof RestartPolicy>;

/** One string as execve(2) takes it: the kernel's own bound for one is 128 KiB (MAX_ARG_STRLEN). */
const ExecString = z
  .string()
  .max(131_071, 'is longer than the kernel takes for one argument (128 KiB)')
  .refine((text) => !text.includes('\0'), 'must not contain NUL: leave it out');

/** The program and its arguments. */
export const Command = z.array(ExecString).min(1).max(256);

export const Environment = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), ExecString);

/** What a person decides about a jail beside its name, host and addresses. */
export const JailSettings = z.object({
  hostname: Hostname,
  root: JailRoot,
  readOnly: z.boolean().default(false),
  /** null: a small init that reaps and waits */
  command: Command.nullable().default(null),
  environment: Environment.default({}),
  limits: JailLimits.default({ memory: null, cpus: null, pids: null }),
  /** empty: the host's real upstream */
  dns: z.array(IpAddress).max(3).default([]),
  boot: z.boolean().default(true),
  restart: RestartPolicy.default('on-failure'),
  stopTimeoutMs: z.int().min(0).max(3_600_000).default(30_000),
});
export type JailSettings = z.infer<typeof JailSettings>;
