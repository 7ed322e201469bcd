import type { Row } from '../row.ts';
import { bombsSurvived } from './h-bombs.ts';
import {
  normalFileWork,
  oneCommand,
  oneEntry,
  openList,
  ownersKnown,
  readOnlyBinds,
  sharedPartsReadOnly,
  terminalsOfItsOwn,
  wholeLife,
  whoMayEnter,
} from './h-jails.ts';
import { limitsHold } from './h-limits.ts';
import {
  boundingSet,
  noSystemControl,
  nothingRaised,
  oneTemplateManyJails,
  ownName,
  procReadOnly,
} from './h-power.ts';
import {
  ipcOfItsOwn,
  noSocketAcross,
  othersSeeNoChange,
  tasksHiddenFromListing,
  tasksHiddenFromLookup,
  tasksSeparated,
} from './h-processes.ts';
import { permissionToSee } from './h-sight.ts';
import { fileSystemOfItsOwn, propagation } from './h-views.ts';
import { lowPorts } from './low-ports.ts';

export const ROWS_OF_H: readonly Row[] = [
  wholeLife,
  propagation,
  readOnlyBinds,
  tasksSeparated,
  tasksHiddenFromListing,
  tasksHiddenFromLookup,
  othersSeeNoChange,
  permissionToSee,
  ownName,
  limitsHold,
  fileSystemOfItsOwn,
  sharedPartsReadOnly,
  ownersKnown,
  oneEntry,
  whoMayEnter,
  normalFileWork,
  terminalsOfItsOwn,
  procReadOnly,
  ipcOfItsOwn,
  nothingRaised,
  boundingSet,
  noSystemControl,
  lowPorts,
  noSocketAcross,
  oneCommand,
  openList,
  oneTemplateManyJails,
  bombsSurvived,
];
