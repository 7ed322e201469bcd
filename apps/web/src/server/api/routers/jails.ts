import { FilesInput, FileTextInput } from '@cellblock/shared/jail-files';
import {
  ConfigureJailInput,
  CreateJailInput,
  DestroyJailInput,
  JailActInput,
  JailRef,
} from '@cellblock/shared/jail-input';
import { Command } from '@cellblock/shared/jail-spec';
import * as z from 'zod';
import { whileSignedIn } from '../../auth/while-signed-in.ts';
import { configureJail } from '../../jails/configure-jail.ts';
import { openConsole } from '../../jails/console-of-jail.ts';
import { createJail } from '../../jails/create-jail.ts';
import { destroyJail } from '../../jails/destroy-jail.ts';
import { execInput, execKill, execOutput, execResize, openExec } from '../../jails/exec-in-jail.ts';
import { listJailFiles, readJailFile, readWholeFile } from '../../jails/jail-files.ts';
import { jailLogs } from '../../jails/jail-logs.ts';
import { jailProcesses, SignalInput, signalProcess } from '../../jails/jail-processes.ts';
import { listJails } from '../../jails/list-jails.ts';
import { readJail } from '../../jails/queries.ts';
import { restartJail } from '../../jails/restart-jail.ts';
import { restoreJail } from '../../jails/restore-jail.ts';
import { settingsForReader } from '../../jails/settings-for-reader.ts';
import { startJail } from '../../jails/start-jail.ts';
import { stopJail } from '../../jails/stop-jail.ts';
import { proveJail, viewOfJail } from '../../jails/view-jail.ts';
import { xrayJail } from '../../jails/xray-jail.ts';
import { listXrays, showXray } from '../../jails/xray-runs.ts';
import { procedure, router } from '../trpc.ts';

const ListJailsInput = z.object({
  q: z.string().max(1000).optional(),
  host: z.string().optional(),
  includeDestroyed: z.boolean().optional(),
});
const Terminal = z.object({ columns: z.int().min(1).max(10_000), rows: z.int().min(1).max(10_000) });
const ExecInput = JailRef.extend({
  command: Command,
  uid: z.int().min(0).max(65_535).default(0),
  tty: Terminal.nullable().default(null),
});
const RunNumber = z.int().min(1).optional();
const XrayInput = JailRef.extend({ against: RunNumber });
const InSession = z.object({ session: z.string().min(1) });
const LogsInput = JailRef.extend({
  tailLines: z.int().min(0).max(100_000).optional(),
  follow: z.boolean().optional(),
});

export const jailsRouter = router({
  list: procedure('read')
    .input(ListJailsInput.default({}))
    .query(({ ctx, input }) => listJails(ctx.db, input)),
  get: procedure('read')
    .input(JailRef)
    .query(async ({ ctx, input }) => settingsForReader(await readJail(ctx.db, input.jail), ctx.role)),
  view: procedure('read')
    .input(JailRef)
    .query(({ ctx, input }) => viewOfJail(ctx.db, input)),
  prove: procedure('operate')
    .input(JailRef)
    .mutation(({ ctx, input }) => proveJail(ctx, input)),
  files: procedure('operate')
    .input(FilesInput)
    .mutation(({ ctx, input }) => listJailFiles(ctx, input)),
  fileText: procedure('operate')
    .input(FileTextInput)
    .mutation(({ ctx, input }) => readJailFile(ctx, input)),
  fileBytes: procedure('operate')
    .input(FileTextInput)
    .mutation(({ ctx, input }) => readWholeFile(ctx, input)),
  create: procedure('operate')
    .input(CreateJailInput)
    .mutation(({ ctx, input }) => createJail(ctx, input)),
  start: procedure('operate')
    .input(JailActInput)
    .mutation(({ ctx, input }) => startJail(ctx, input)),
  stop: procedure('operate')
    .input(JailActInput)
    .mutation(({ ctx, input }) => stopJail(ctx, input)),
  restart: procedure('operate')
    .input(JailActInput)
    .mutation(({ ctx, input }) => restartJail(ctx, input)),
  restore: procedure('operate')
    .input(JailActInput)
    .mutation(({ ctx, input }) => restoreJail(ctx, input)),
  destroy: procedure('operate')
    .input(DestroyJailInput)
    .mutation(({ ctx, input }) => destroyJail(ctx, input)),
  configure: procedure('operate')
    .input(ConfigureJailInput)
    .mutation(({ ctx, input }) => configureJail(ctx, input)),
  xray: procedure('operate')
    .input(XrayInput)
    .mutation(({ ctx, input }) => xrayJail(ctx, input)),
  xrayRuns: procedure('read')
    .input(JailRef)
    .query(({ ctx, input }) => listXrays(ctx.db, input)),
  xrayShow: procedure('read')
    .input(XrayInput.extend({ run: RunNumber }))
    .query(({ ctx, input }) => showXray(ctx.db, input)),
  logs: procedure('operate')
    .input(LogsInput)
    .subscription(({ ctx, input, signal }) =>
      whileSignedIn(ctx, signal, (until) => jailLogs(ctx, input, until)),
    ),
  processes: procedure('operate')
    .input(JailRef)
    .query(({ ctx, input }) => jailProcesses(ctx, input)),
  signal: procedure('operate')
    .input(SignalInput)
    .mutation(({ ctx, input }) => signalProcess(ctx, input)),
  execOpen: procedure('operate')
    .input(ExecInput)
    .mutation(({ ctx, input }) => openExec(ctx, input)),
  consoleOpen: procedure('operate')
    .input(JailRef.extend(Terminal.shape))
    .mutation(({ ctx, input }) => openConsole(ctx, input)),
  execOutput: procedure('operate')
    .input(InSession)
    .subscription(({ ctx, input, signal }) =>
      whileSignedIn(ctx, signal, (until) => execOutput(ctx, input, until)),
    ),
  execInput: procedure('operate')
    .input(InSession.extend({ data: z.string().nullable() }))
    .mutation(({ ctx, input }) => execInput(ctx, input)),
  execResize: procedure('operate')
    .input(InSession.extend(Terminal.shape))
    .mutation(({ ctx, input }) => execResize(ctx, input)),
  execKill: procedure('operate')
    .input(InSession)
    .mutation(({ ctx, input }) => execKill(ctx, input)),
});
