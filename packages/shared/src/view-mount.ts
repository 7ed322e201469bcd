import * as z from 'zod';
import { HostPath } from './host-path.ts';

/** A place inside a jail: absolute, not `/`, without `..`, empty parts, control characters, and without names
 *  made only of dots, which are reserved (requirements C30, C31). */
export const JailPath = z
  .string()
  .max(4095, 'is longer than a path may be (4,095 bytes): shorten it')
  .regex(/^\/./, 'must be an absolute path inside the jail, and not / itself: write /srv/www')
  .refine(
    (path) => !path.split('/').slice(1).includes(''),
    'has an empty part: write it without // and without a / at its end',
  )
  .refine(
    (path) => !path.split('/').some((part) => /^\.+$/.test(part)),
    'has a part made only of dots, which is reserved: write the path out',
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  .refine((path) => !/[\u0000-\u001f\u007f]/.test(path), 'must not contain control characters');

/** mount_namespaces(7): whether mounts made later on one side appear on the other. `slave`: those of the host
 *  appear in the jail; `shared`: both ways; `private`: neither. */
export const Propagation = z.enum(['private', 'slave', 'shared']);
export type Propagation = z.infer<typeof Propagation>;

/** mount(8): per mount, and of this mount alone. */
const flags = {
  nosuid: z.boolean().default(true),
  nodev: z.boolean().default(true),
  noexec: z.boolean().default(false),
  nosymfollow: z.boolean().default(false),
};

/** One mount of a jail's view, on top of its root; they are made in the order given, and none may hide another. */
export const ViewMount = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('bind'),
    source: HostPath,
    target: JailPath,
    readOnly: z.boolean().default(true),
    /** true: uid N in the jail is uid N on disk; false: the host's ids show as nobody's. null: as `readOnly` is not. */
    idmapped: z.boolean().nullable().default(null),
    propagation: Propagation.default('private'),
    ...flags,
  }),
  z.object({
    kind: z.literal('overlay'),
    /** directories of the host, the uppermost first; never written */
    lower: z.array(HostPath).min(1).max(16),
    target: JailPath,
    readOnly: z.boolean().default(false),
    ...flags,
  }),
  z.object({
    kind: z.literal('tmpfs'),
    target: JailPath,
    /** bytes */
    size: z.int().min(4096, 'is below 4 KiB: no file would fit'),
    /** most files in it; null: as the kernel has it */
    inodes: z.int().min(1).nullable().default(null),
    mode: z
      .string()
      .regex(/^[01]?[0-7]{3}$/, 'must be an octal mode: write 0755')
      .default('0755'),
    ...flags,
  }),
  z.object({ kind: z.literal('devpts'), target: JailPath }),
  z.object({ kind: z.literal('proc'), target: JailPath }),
  z.object({ kind: z.literal('sysfs'), target: JailPath }),
  z.object({ kind: z.literal('mqueue'), target: JailPath }),
  /** covers what is there: reads as empty, and the jail cannot take the cover off */
  z.object({ kind: z.literal('mask'), target: JailPath }),
]);
export type ViewMount = z.infer<typeof ViewMount>;
