import { AppError } from '@cellblock/shared/app-error';

/** What every verb on this machine's processes is given by the command line. */
export type Place = {
  data: string;
  dataGiven: boolean;
  output: string | undefined;
  /** no words but errors */
  quiet: boolean;
};

/** Words for people go to stderr; results go to stdout. */
export function sayer(place: Pick<Place, 'quiet'>): (line: string) => void {
  return (line) => {
    if (!place.quiet) process.stderr.write(`${line}\n`);
  };
}

export function needRoot(verb: string): void {
  if (process.getuid?.() === 0) return;
  throw new AppError('denied', `cellblock ${verb} needs root.`, {
    cause: 'It starts and ends processes of several users and makes namespaces, mounts and links.',
    fix: `sudo ./cellblock ${verb}`,
  });
}
