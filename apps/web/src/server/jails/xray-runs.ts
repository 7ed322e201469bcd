import { AppError } from '@cellblock/shared/app-error';
import type { XrayRun, XrayView } from '@cellblock/shared/views/xray-view';
import { XrayReport, xrayDifference } from '@cellblock/shared/xray';
import type { Db } from '../db.ts';
import { findJail } from '../find-object.ts';

/** Older walks of a jail go when a newer one is kept. */
export const MOST_RUNS = 100;

/** The walks of a jail, newest first. */
export async function listXrays(db: Db, input: { jail: string }): Promise<XrayRun[]> {
  const jail = await findJail(db, input.jail);
  const runs = await db.xrayRun.findMany({
    where: { jailId: jail.id },
    orderBy: { number: 'desc' },
    take: MOST_RUNS,
    select: { number: true, at: true, by: true, kernel: true },
  });
  return runs.map((run) => ({ ...run, at: run.at.toISOString() }));
}

/** One walk, the newest when none is named, beside `against` or, without it, the one before. */
export async function showXray(
  db: Db,
  input: { jail: string; run?: number | undefined; against?: number | undefined },
): Promise<XrayView> {
  const jail = await findJail(db, input.jail);
  const run = await db.xrayRun.findFirst({
    where: { jailId: jail.id, ...(input.run === undefined ? {} : { number: input.run }) },
    orderBy: { number: 'desc' },
  });
  if (run === null) throw noSuchRun(jail.name, 'run', input.run);
  const before = await db.xrayRun.findFirst({
    where: { jailId: jail.id, number: input.against ?? { lt: run.number } },
    orderBy: { number: 'desc' },
  });
  if (before === null && input.against !== undefined) throw noSuchRun(jail.name, 'against', input.against);
  const report = reportOf(run);
  return {
    ...report,
    jail: jail.name,
    number: run.number,
    by: run.by,
    against:
      before === null
        ? null
        : { number: before.number, at: before.at.toISOString(), by: before.by, kernel: before.kernel },
    changes: before === null ? [] : xrayDifference(reportOf(before).findings, report.findings),
  };
}

/** Refuses a walk to compare with that is not there, before another is made for it. */
export async function mustBeKept(db: Db, jail: { id: string; name: string }, against: number): Promise<void> {
  const kept = await db.xrayRun.findFirst({
    where: { jailId: jail.id, number: against },
    select: { id: true },
  });
  if (kept === null) throw noSuchRun(jail.name, 'against', against);
}

function reportOf(run: { at: Date; kernel: string; differs: unknown; findings: unknown }): XrayReport {
  return XrayReport.parse({ ...run, at: run.at.toISOString() });
}

function noSuchRun(jail: string, field: string, number: number | undefined): AppError {
  const which = number === undefined ? 'No twin of it' : `Run ${number} is not among those that`;
  return new AppError(
    'not-found',
    number === undefined ? `${jail} has not been walked yet.` : `${jail} has no run ${number}.`,
    {
      field,
      cause: number === undefined ? `${which} was asked for so far.` : `${which} are kept of ${jail}.`,
      fix: `Walk a twin of it now: cellblock xray ${jail}`,
    },
  );
}
