import * as z from 'zod';
import { HostPath } from './host-path.ts';
import { IpAddress } from './ip-address.ts';
import { JailLimits, NO_LIMITS } from './jail-limits.ts';
import { JailStorage } from './jail-storage.ts';
import { Hostname } from './name.ts';
import { Profile } from './profile.ts';
import { ViewMount } from './view-mount.ts';

/** What an image is addressed by, and never by a tag, which can come to mean another (security.md 2.2, 25). */
export const ImageDigest = z
  .string()
  .regex(
    /^sha256:[0-9a-f]{64}$/,
    'must be a digest: sha256: and 64 hex digits, as `cellblock image ls` shows',
  );

/** What a jail's `/` is. */
export const JailRoot = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('host-usr'), ephemeral: z.boolean().default(false) }),
  z.object({ kind: z.literal('dir'), path: HostPath }),
  z.object({ kind: z.literal('tar'), path: HostPath }),
  /** an image of the host's store, by digest alone; shared read-only below the jail's own overlay */
  z.object({ kind: z.literal('image'), digest: ImageDigest }),
  /** a private tmpfs with the mount points of the view and nothing else (requirements M3, M12) */
  z.object({ kind: z.literal('view') }),
]);
export type JailRoot = z.infer<typeof JailRoot>;

/** Below /dev: kvm, net/tun, fuse. */
const DeviceName = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9._-]*(\/[a-zA-Z0-9][a-zA-Z0-9._-]*){0,3}$/,
    'must be a name below /dev: write net/tun',
  );

/** setrlimit(2), in the kernel's units: bytes, files, processes, seconds. */
export const ResourceLimits = z.partialRecord(
  z.enum([
    'as',
    'core',
    'cpu',
    'data',
    'fsize',
    'memlock',
    'msgqueue',
    'nofile',
    'nproc',
    'sigpending',
    'stack',
  ]),
  z.int().min(0),
);
export type ResourceLimits = z.infer<typeof ResourceLimits>;

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
  profile: Profile.default('daemon'),
  /** absent: a directory of the host's file system, which the jail can fill */
  storage: JailStorage.optional(),
  /** on top of the root, in this order */
  view: z.array(ViewMount).max(256).default([]),
  /** nodes of the host's /dev beside null, zero, full, random, urandom and tty; bounds name which may be given */
  devices: z.array(DeviceName).max(64).default([]),
  /** setrlimit(2) by name, soft limit and hard limit alike; what is not named is as spawn has it */
  resourceLimits: ResourceLimits.default({}),
  /** null: a small init that reaps and waits */
  command: Command.nullable().default(null),
  environment: Environment.default({}),
  limits: JailLimits.default(NO_LIMITS),
  /** empty: the host's real upstream */
  dns: z.array(IpAddress).max(3).default([]),
  boot: z.boolean().default(true),
  restart: RestartPolicy.default('on-failure'),
  stopTimeoutMs: z.int().min(0).max(3_600_000).default(30_000),
});
export type JailSettings = z.infer<typeof JailSettings>;
