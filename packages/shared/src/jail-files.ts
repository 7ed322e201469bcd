import * as z from 'zod';
import { filePathFault } from './file-path.ts';
import { JailRef } from './jail-input.ts';

/** What a person may look at: a whole path inside the jail, as it is written there. */
export const FilePath = z.string().superRefine((path, context) => {
  const fault = filePathFault(path);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

export const FilesInput = JailRef.extend({ path: FilePath.default('/') });
export const FileTextInput = JailRef.extend({ path: FilePath });

export const FileKind = z.enum(['directory', 'file', 'link', 'device', 'pipe', 'socket', 'unknown']);
export type FileKind = z.infer<typeof FileKind>;

/** One name of a directory. Its ids are those inside the jail. */
export const FileEntry = z.object({
  /** for people: what is no plain text in it is written as an escape */
  name: z.string(),
  /** the whole path, to look further; null: the name is no UTF-8 and cannot be asked for */
  path: z.string().nullable(),
  kind: FileKind,
  /** octal, with set-user-id, set-group-id and sticky */
  mode: z.string(),
  uid: z.int(),
  gid: z.int(),
  size: z.number(),
  changedAt: z.iso.datetime(),
  /** of a link: where it leads to; it is not followed */
  target: z.string().nullable(),
});
export type FileEntry = z.infer<typeof FileEntry>;

export const FileList = z.object({
  path: z.string(),
  entries: z.array(FileEntry),
  /** there are more than are listed */
  more: z.boolean(),
});
export type FileList = z.infer<typeof FileList>;

/**
 * What is shown of a file, and the longest that is handed over whole. It is one message: while a slow uplink sends a
 * larger one, no ping is answered, and the connection of its host is given up.
 */
export const MOST_FILE_BYTES = 1024 * 1024;

/** A whole regular file as it is, in base64. */
export const FileBytes = z.object({ path: z.string(), data: z.base64() });
export type FileBytes = z.infer<typeof FileBytes>;

export const FileText = z.object({
  path: z.string(),
  /** null: it is no text */
  text: z.string().nullable(),
  bytes: z.number(),
  /** it is longer than what is shown */
  more: z.boolean(),
});
export type FileText = z.infer<typeof FileText>;
