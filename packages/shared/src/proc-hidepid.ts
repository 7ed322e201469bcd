/** The host setting, as bounds name it, by which users of the host see no process of anybody else (H5, H6). */
export const PROC_HIDEPID = 'proc.hidepid';

/** The mount option's value that we set: what is somebody else's is not listed, and not there by its number. */
export const HIDDEN = 'invisible';

/** In the words of Linux 5.8, and in the numbers before. `noaccess` still lists what it keeps closed; `ptraceable`
 *  hides more than we ask for. */
const HIDING = new Set([HIDDEN, '2', 'ptraceable', '4']);

/** Whether /proc with this value of hidepid hides others' processes from the listing and from a look by number. */
export function hidesProcesses(hidepid: string): boolean {
  return HIDING.has(hidepid);
}
