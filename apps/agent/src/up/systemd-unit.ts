import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import { argumentsOf, type Settings } from '../supervisor/settings.ts';
import { secretsOf } from './launch.ts';

/** The start that survives a reboot. KillMode: jails and database are not systemd's to end. */
export function unitText(place: DataDirectory, settings: Settings): string {
  return `[Unit]
Description=Cellblock
After=network.target local-fs.target
StartLimitIntervalSec=0

[Service]
ExecStart=${startCommand(place, settings)}
EnvironmentFile=-${secretsFile(place)}
KillMode=process
Delegate=yes
Restart=always
RestartSec=1
TimeoutStopSec=90

[Install]
WantedBy=multi-user.target
`;
}

/** The supervisor of whatever build is current, with today's arguments. */
export function startCommand(place: DataDirectory, settings: Settings): string {
  const words = [
    `${place.currentApp}/bin/node`,
    `${place.currentApp}/supervisor.mjs`,
    ...argumentsOf(settings),
  ];
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`))
    .join(' ');
}

const secretsFile = (place: DataDirectory) => path.join(place.data, 'supervisor.env');

/** Writes the unit, enables it and starts it anew. */
export function startUnit(name: string, place: DataDirectory, settings: Settings): void {
  const { CELLBLOCK_TOKEN: _once, ...lasting } = secretsOf(settings);
  const lines = Object.entries(lasting).map(([key, value]) => `${key}=${JSON.stringify(value)}\n`);
  writeFileSync(secretsFile(place), lines.join(''), { mode: 0o600 });
  writeFileSync(path.join(UNITS, name), unitText(place, settings), { mode: 0o644 });
  systemctl('daemon-reload');
  systemctl('enable', name);
  systemctl('restart', name);
}

/** Whether the service runs; then it must be stopped through systemd, which would start it again. */
export function unitIsActive(name: string): boolean {
  return spawnSync('systemctl', ['is-active', '--quiet', name]).status === 0;
}

export function stopUnit(name: string): void {
  systemctl('stop', name);
}

/** The unit is gone, as if it had never been; one of somebody else's under its name is not ours to remove. */
export function removeUnit(name: string, place: DataDirectory): void {
  const file = path.join(UNITS, name);
  if (existsSync(file) && readFileSync(file, 'utf8').includes(place.currentApp)) {
    systemctl('disable', name);
    rmSync(file);
    systemctl('daemon-reload');
  }
  rmSync(secretsFile(place), { force: true });
}

const UNITS = '/etc/systemd/system';

function systemctl(...args: string[]): void {
  const done = spawnSync('systemctl', args, { encoding: 'utf8' });
  if (done.status === 0) return;
  const unit = args[1] ?? 'cellblock.service';
  throw new AppError('internal', `systemctl ${args.join(' ')} failed.`, {
    cause:
      (done.error?.message ?? done.stderr).trim() || `It ended with status ${done.status} and said nothing.`,
    fix: `systemctl status ${unit}; journalctl -u ${unit} -n 30; then try again`,
  });
}
