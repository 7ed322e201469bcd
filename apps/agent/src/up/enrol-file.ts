import { existsSync, readFileSync } from 'node:fs';
import { AppError } from '@cellblock/shared/app-error';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import { keyHash } from '../supervisor/dashboard-authority.ts';
import { writeHostFile } from '../supervisor/enrol-local-host.ts';
import { HostFile } from '../warden/host-file.ts';

/** `host.json` as the enrolment line changes it. */
export function enrolFile(place: DataDirectory) {
  const before = existsSync(place.hostFile)
    ? HostFile.parse(JSON.parse(readFileSync(place.hostFile, 'utf8')))
    : null;
  return {
    /** A host that has taken a dashboard's key obeys that one; a line of another changes nothing. */
    refuseOtherDashboard(token: string): void {
      if (!before?.dashboardKey) return;
      if (keyHash(Buffer.from(before.dashboardKey, 'base64')) === token.split('.')[1]) return;
      throw new AppError('conflict', `This host belongs to another dashboard: ${before.dashboardUrl}.`, {
        field: 'token',
        cause: `${place.hostFile} holds its key, and the line's token is of another.`,
        fix: 'cellblock down; cellblock agent purge removes it from there; or for a second agent here: --data DIR',
      });
    },
    /** With a token it enrols anew; without one it only follows the dashboard to its address. */
    async write(line: { dashboard: string; ca: string | null; token: string | null }): Promise<void> {
      const { counter = 0 } = existsSync(place.hostFile)
        ? HostFile.parse(JSON.parse(readFileSync(place.hostFile, 'utf8')))
        : {};
      const where = { dashboardUrl: line.dashboard, ca: line.ca, counter };
      await writeHostFile(
        place,
        line.token === null
          ? { ...before, ...where }
          : { ...before, ...where, token: line.token, host: null },
      );
    },
  };
}
