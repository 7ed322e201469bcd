import type { Row } from '../row.ts';
import { wholeDistribution } from './w-distribution.ts';
import {
  droppedCapabilitiesDoNotHelp,
  identityRefused,
  kernelFilesClosed,
  masksHold,
  noDeviceNodes,
  noSignalAcross,
  nothingExternallyPrivileged,
  ownershipRemains,
  searchedNotListed,
} from './w-host-power.ts';
import { nobodysRoot, noOneElsesQuota, rangesOfTheirOwn, untranslatedOnDisk } from './w-ids.ts';
import { closedToHostUsers, isolatedFromTheRest, rootTurned } from './w-storage.ts';

export const ROWS_OF_W: readonly Row[] = [
  wholeDistribution,
  nobodysRoot,
  rangesOfTheirOwn,
  untranslatedOnDisk,
  isolatedFromTheRest,
  nothingExternallyPrivileged,
  closedToHostUsers,
  identityRefused,
  noSignalAcross,
  kernelFilesClosed,
  searchedNotListed,
  noDeviceNodes,
  droppedCapabilitiesDoNotHelp,
  ownershipRemains,
  rootTurned,
  noOneElsesQuota,
  masksHold,
];
