import type { Kernel } from '@cellblock/native/kernel';
import type { ProcessTrees } from '@cellblock/native/process-tree';
import type { HostSpec } from '@cellblock/shared/host-spec';
import type { EtcCopies } from './etc/etc-copies.ts';
import type { IdRanges } from './id-ranges.ts';
import type { JailRecords } from './jail-records.ts';
import type { WardenPaths } from './paths.ts';
import type { ViewBounds } from './view/refuse-view.ts';

/** What observing and applying act on; built once, in main. */
export interface WardenHost {
  kernel: Kernel;
  trees: ProcessTrees;
  instance: string;
  bootId: string;
  paths: WardenPaths;
  ids: IdRanges;
  records: JailRecords;
  /** copies of a fresh /etc */
  etc: EtcCopies;
  /** host ids that keepers run as */
  keeper: { uid: number; gid: number };
  /** keys of jails that are there for one question, and that no spec names */
  throwAway: Set<string>;
  /** the spec that is being made true */
  spec(): HostSpec;
  /** host-wide settings that the bounds let us change */
  mayChange(): readonly string[];
  /** what the bounds let views show and jails be given */
  mayShow(): ViewBounds;
  now(): Date;
}
