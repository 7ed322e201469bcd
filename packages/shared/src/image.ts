import * as z from 'zod';
import { ImageDigest } from './jail-spec.ts';

/** What an image's author suggests; shown, and never acted on (security.md 2.2, 20 and 21). */
export const ImageSuggestion = z.object({
  command: z.array(z.string()).nullable().default(null),
  environment: z.array(z.string()).default([]),
  user: z.string().nullable().default(null),
});
export type ImageSuggestion = z.infer<typeof ImageSuggestion>;

/** An image in a host's store, as the small file beside its tree says (decision 17). */
export const Image = z.object({
  digest: ImageDigest,
  /** for people, and for `--root image:NAME` at the moment of creation alone: `debian:12`, `docker.io/library/nginx` */
  name: z.string(),
  /** where it came from, with what was resolved: `…/nginx@sha256:…`, `upload of root.tar, sha256:…` */
  source: z.string(),
  created: z.iso.datetime(),
  /** bytes on disk */
  size: z.int(),
  /** files, directories and links */
  entries: z.int(),
  /** as Debian names it: amd64, arm64 */
  architecture: z.string(),
  /** who asked for it, as the history names them, and the event */
  by: z.string(),
  cause: z.uuid().nullable(),
  suggested: ImageSuggestion,
});
export type Image = z.infer<typeof Image>;

/** An image and the jails of its host whose root it is, by name. */
export const ImageInUse = Image.extend({ usedBy: z.array(z.string()) });
export type ImageInUse = z.infer<typeof ImageInUse>;

/** `debian:12`, `debian:bookworm`, `alpine:3.20` */
export const Distribution = z
  .string()
  .regex(
    /^(debian:[a-z0-9]+|alpine:[0-9]+\.[0-9]+)$/,
    'must be debian:RELEASE or alpine:VERSION: write debian:12 or alpine:3.20',
  );

/** Debian packages that a bootstrapped root has beside what every root has, as apt names them: `systemd-sysv`. */
export const IncludedPackages = z
  .array(
    z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9+.-]{1,63}$/,
        'must be the name of a package: write systemd-sysv or openssh-server',
      ),
  )
  .max(64, 'are more packages than one image may be made with (64)');

/** `registry.example:5000/group/name:tag`, or with `@sha256:…`; without a registry it is Docker's own. */
export const ImageReference = z
  .string()
  .max(512, 'is longer than a reference may be (512 characters)')
  .regex(
    /^[a-z0-9]+([._-][a-z0-9]+)*(:[0-9]+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
    'must be a reference: write docker.io/library/nginx:1.28 or registry.example:5000/name@sha256:…',
  );

/** A file's name as it was at whoever uploads it: for people alone. */
export const UploadName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/, 'must be a plain file name: letters, digits, . _ + -');

/** What a host is asked to make an image of. */
export const ImageOrder = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('bootstrap'),
    distribution: Distribution,
    include: IncludedPackages.default([]),
  }),
  z.object({ kind: z.literal('pull'), reference: ImageReference }),
  z.object({ kind: z.literal('upload'), name: UploadName }),
]);
export type ImageOrder = z.infer<typeof ImageOrder>;

/** What is heard of an order while it is carried out; the last is `done` or `failed`. */
export type ImageProgress =
  | { type: 'stage'; text: string }
  | { type: 'line'; text: string }
  | { type: 'done'; image: Image; wasThere: boolean }
  | { type: 'failed'; message: string; cause: string; fix: string };

/** A host's store as it is now; `problem`: why nothing is known of it. */
export const HostImages = z.object({
  host: z.string(),
  images: z.array(ImageInUse),
  problem: z.string().nullable(),
});
export type HostImages = z.infer<typeof HostImages>;
