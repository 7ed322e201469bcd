/** The agent's client is a proxy: its procedures cannot be spread. */
export function sessionCalls<
  T extends { execOutput: unknown; execInput: unknown; execResize: unknown; execKill: unknown },
>(jail: T) {
  return {
    execOutput: jail.execOutput as T['execOutput'],
    execInput: jail.execInput as T['execInput'],
    execResize: jail.execResize as T['execResize'],
    execKill: jail.execKill as T['execKill'],
  };
}
