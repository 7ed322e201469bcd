import {
  connectLocalAgent,
  hasLocalAgent,
  type LocalAgent,
  wardenSocketOf,
} from './agent/connect-local-agent.ts';
import { CliError } from './cli-error.ts';
import { connectDashboard, isConnectionRefused } from './dashboard/connect.ts';
import { dashboardAddress } from './dashboard/dashboard-address.ts';
import { personBehindRoot } from './dashboard/person-behind-root.ts';
import type { Dashboard } from './dashboard/procedures.ts';
import { EXIT } from './exit-code.ts';
import { type Format, type Printable, print } from './output/print.ts';
import { printable } from './output/table.ts';
import type { Terminal } from './terminal.ts';

/** Options that every verb has. */
export interface RunOptions {
  data: string;
  /** --data or CELLBLOCK_DATA was given: bounds and names derive from it */
  dataGiven: boolean;
  output: Format | undefined;
  quiet: boolean;
  wait: boolean;
  dryRun: boolean;
}

/** One run of one verb: where it prints, and whom it may ask. */
export class Run {
  readonly terminal: Terminal;
  readonly options: RunOptions;
  readonly #open: (() => Promise<void>)[] = [];
  #dashboard: Dashboard | undefined;
  #agent: { agent: LocalAgent; isLost: () => boolean } | undefined;

  constructor(terminal: Terminal, options: RunOptions) {
    this.terminal = terminal;
    this.options = options;
  }

  get #outs() {
    return [this.terminal.stdout, this.terminal.stderr];
  }

  get dashboard(): Dashboard {
    if (this.#dashboard === undefined) {
      const address = dashboardAddress(this.terminal, this.options.data);
      const connection = connectDashboard(address, personBehindRoot(this.terminal.env), this.#outs);
      this.#open.push(connection.close);
      this.#dashboard = connection.dashboard;
    }
    return this.#dashboard;
  }

  /** The warden on this host, for root alone; another connection to it when the one before is lost. */
  get localAgent(): LocalAgent {
    if (this.terminal.uid !== 0) {
      throw new CliError(EXIT.denied, {
        message: 'This verb speaks to the agent on this host, which listens to root alone.',
        cause: `You are user ${this.terminal.uid}, not root.`,
        fix: 'Put sudo before it: sudo cellblock …',
      });
    }
    if (this.#agent === undefined || this.#agent.isLost()) {
      if (this.#agent === undefined && !hasLocalAgent(this.options.data)) {
        throw new CliError(EXIT.unreachable, {
          message: `No agent runs on this host with the data directory ${this.options.data}.`,
          cause: `There is no socket ${wardenSocketOf(this.options.data)}.`,
          fix: 'Start it: cellblock up; or name its directory: --data DIR',
        });
      }
      const connection = connectLocalAgent(this.options.data, this.#outs);
      this.#open.push(connection.close);
      this.#agent = connection;
    }
    return this.#agent.agent;
  }

  /** Asks the dashboard; when it is off and an agent is here, asks the agent, and says so. */
  async dashboardOrAgent<T>(
    ask: (dashboard: Dashboard) => Promise<T>,
    askAgent: (agent: LocalAgent) => Promise<T>,
  ): Promise<T> {
    try {
      return await ask(this.dashboard);
    } catch (error) {
      const local = this.terminal.uid === 0 && !this.terminal.env.CELLBLOCK_URL;
      if (!local || !isConnectionRefused(error) || !hasLocalAgent(this.options.data)) throw error;
      this.warn('no dashboard answers on this machine: this is from the agent on this host');
      return await askAgent(this.localAgent);
    }
  }

  print(what: Printable): void {
    print(this.terminal, this.options.output, what);
  }

  /** Words to stderr; -q keeps them back. */
  say(text: string): void {
    if (!this.options.quiet) this.warn(text);
  }

  /** Words to stderr that a person must see. */
  warn(text: string): void {
    this.terminal.stderr.write(`${printable(text)}\n`);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#open.map((close) => close()));
  }
}
