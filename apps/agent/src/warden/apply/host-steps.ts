import { AppError } from '@cellblock/shared/app-error';
import { PROC_HIDEPID } from '@cellblock/shared/proc-hidepid';
import { PROC, readHidepid } from '../observe/observe-hidepid.ts';
import type { Executor } from './fact.ts';

const setSysctl: Executor<'host-setting.set'> = async (host, { key, value }) => {
  const before = { [key]: (await host.kernel.readSysctl({ key })).trim() };
  await host.kernel.writeSysctl({ key, value });
  return { before, after: { [key]: value } };
};

const hideProcesses: Executor<'host-setting.set'> = async (host, { key, value }) => {
  const before = { [key]: await readHidepid(host) };
  await host.kernel.setHidepid({ target: PROC, hidepid: value });
  const found = await readHidepid(host);
  // Said to be done and not so, it would be planned again at once, for ever.
  if (found !== value) {
    throw new AppError('conflict', `${PROC} does not have the hidepid=${value} that was set.`, {
      field: key,
      cause: `The kernel took it, and shows ${found === null ? 'another file system' : `hidepid=${found}`}: somebody else sets or mounts ${PROC} too.`,
      fix: `findmnt ${PROC}, and end what sets it; it is tried again by itself`,
    });
  }
  return { before, after: { [key]: found } };
};

export const setHostSetting: Executor<'host-setting.set'> = (host, step) =>
  step.key === PROC_HIDEPID ? hideProcesses(host, step) : setSysctl(host, step);
