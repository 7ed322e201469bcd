import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** The connection to the agent on this host ended, or there was none to be had. */
class AgentGone extends CliError {}

export function agentGone(socket: string): CliError {
  return new AgentGone(EXIT.unreachable, {
    message: 'The agent on this host does not answer.',
    cause: `Nobody is at ${socket} any more: it was stopped, or is being restarted. Jails run on meanwhile.`,
    fix: 'cellblock status says whether it runs; then the same once more',
  });
}

/** The library puts an error of its own around it, or in its place where nothing was asked yet. */
export function isAgentGone(error: unknown): boolean {
  if (error instanceof AgentGone) return true;
  if (!(error instanceof Error)) return false;
  return error.name === 'TRPCWebSocketClosedError' || isAgentGone(error.cause);
}
