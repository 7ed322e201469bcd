import type { Step, StepKind } from '@cellblock/shared/step';
import type { WardenHost } from '../warden-host.ts';
import type { Applied, Executor } from './fact.ts';
import { setHostSetting } from './host-steps.ts';
import * as jails from './jail-steps.ts';
import * as links from './link-steps.ts';
import * as networks from './network-steps.ts';
import { limitProcesses } from './process-limits.ts';
import * as processes from './process-steps.ts';

/** One executor per kind; a new kind does not compile without its executor. */
const EXECUTORS: { [Kind in StepKind]: Executor<Kind> } = {
  'host-setting.set': setHostSetting,
  'guard.install': networks.installGuard,
  'nat.install': networks.installNat,
  'bridge.create': networks.createBridge,
  'bridge.up': networks.bringBridgeUp,
  'bridge.setting': networks.setBridge,
  'bridge.address.add': networks.addBridgeAddress,
  'bridge.address.remove': networks.removeBridgeAddress,
  'bridge.remove': networks.removeBridge,
  'nat.add': networks.addNat,
  'nat.remove': networks.removeNat,
  'ids.claim': jails.claimIds,
  'ids.release': jails.releaseIds,
  'storage.create': jails.makeStorage,
  'storage.remove': jails.dropStorage,
  'cgroup.create': jails.createCgroup,
  'cgroup.limits': jails.limitCgroup,
  'cgroup.devices': jails.closeDevices,
  'cgroup.remove': jails.removeCgroup,
  'netns.create': jails.createNetns,
  'netns.setting': jails.setNetns,
  'netns.remove': jails.removeNetns,
  'guard.port.add': networks.addGuardPort,
  'guard.port.remove': networks.removeGuardPort,
  'guard.address.add': networks.addGuardAddress,
  'guard.address.remove': networks.removeGuardAddress,
  'link.create': links.createLink,
  'link.attach': links.attachLink,
  'link.flags': links.setLinkFlags,
  'link.setting': links.setLinkSetting,
  'link.up': links.bringLinkUp,
  'link.remove': links.removeLink,
  'forwarding.add': networks.addForwarding,
  'forwarding.remove': networks.removeForwarding,
  'neighbour.add': networks.addNeighbour,
  'neighbour.remove': networks.removeNeighbour,
  'address.add': links.addAddress,
  'address.remove': links.removeAddress,
  'route.add': links.addRoute,
  'route.remove': links.removeRoute,
  'process.start': processes.startProcess,
  'process.stop': processes.stopProcess,
  'process.limits': limitProcesses,
};

/** Makes one fact true. Doing it twice has the effect of once. */
export function applyStep(host: WardenHost, step: Step): Promise<Applied> {
  const execute = EXECUTORS[step.kind] as (host: WardenHost, step: Step) => Promise<Applied>;
  return execute(host, step);
}
