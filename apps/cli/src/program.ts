import { Command } from 'commander';
import { agentVerbs } from './commands/agent.ts';
import { answersVerb } from './commands/answers.ts';
import { auditVerbs } from './commands/audit.ts';
import { consoleVerb } from './commands/console.ts';
import { createVerb } from './commands/create.ts';
import { dashboardVerbs } from './commands/dashboard.ts';
import { documentVerbs } from './commands/documents.ts';
import { execVerb } from './commands/exec.ts';
import { grantVerbs } from './commands/grant.ts';
import { hostVerbs } from './commands/host.ts';
import { imageVerbs } from './commands/image.ts';
import { ipVerbs } from './commands/ip.ts';
import { jailVerbs } from './commands/jail.ts';
import { lifecycleVerbs } from './commands/lifecycle.ts';
import { logsVerb } from './commands/logs.ts';
import { networkVerbs } from './commands/network.ts';
import { poolVerbs } from './commands/pool.ts';
import { profileVerbs } from './commands/profile.ts';
import { setVerb } from './commands/set.ts';
import { taskVerbs } from './commands/task.ts';
import { tokenVerbs } from './commands/token.ts';
import { userVerbs } from './commands/user.ts';
import { viewVerb } from './commands/view.ts';
import { xrayVerb } from './commands/xray.ts';
import type { Cli } from './verb.ts';
import { withGlobalOptions } from './verb.ts';

/** Every verb, in the order of the help. */
export function buildProgram(cli: Cli): Command {
  // Positional: an option behind a verb is the verb's, so that nothing behind `exec J --` is taken for ours.
  const program = withGlobalOptions(new Command('cellblock').enablePositionalOptions())
    .description('Jails on a fleet of Linux hosts, and who held which address when.')
    .showSuggestionAfterError(true);
  lifecycleVerbs(cli, program);
  createVerb(cli, program);
  jailVerbs(cli, program);
  setVerb(cli, program);
  viewVerb(cli, program);
  profileVerbs(cli, program);
  logsVerb(cli, program);
  execVerb(cli, program);
  consoleVerb(cli, program);
  xrayVerb(cli, program);
  imageVerbs(cli, program);
  grantVerbs(cli, program);
  ipVerbs(cli, program);
  networkVerbs(cli, program);
  poolVerbs(cli, program);
  hostVerbs(cli, program);
  answersVerb(cli, program);
  auditVerbs(cli, program);
  documentVerbs(cli, program);
  taskVerbs(cli, program);
  userVerbs(cli, program);
  tokenVerbs(cli, program);
  agentVerbs(cli, program);
  dashboardVerbs(cli, program);
  return program;
}
