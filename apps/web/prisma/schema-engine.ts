#!/usr/bin/env node
/**
 * Answers Prisma's CLI in place of its native `schema-engine` binary, which no package registry carries: the
 * same JSON-RPC over stdio, on @prisma/schema-engine-wasm and the pg driver. `prisma.config.ts` points here.
 * The protocol is not documented; versions are pinned, and the first `./dev types` after a change shows a break.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { parse } from 'pg-connection-string';

type Params = Record<string, unknown> & {
  migrationsList?: unknown;
  filters?: unknown;
};
type Engine = Record<string, (params: unknown) => Promise<Record<string, unknown> | null>>;

const out = (message: object) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const log = (level: 'INFO' | 'ERROR', fields: object) =>
  process.stderr.write(`${JSON.stringify({ level, target: 'schema_engine::logger', fields })}\n`);

/** What the wasm said when it panicked: the exception that follows says nothing. */
let panic = '';
Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (text: string) => (panic = text) } });
process.on('uncaughtException', (error) => {
  log('ERROR', { message: panic || error.stack });
  process.exit(101);
});

await instantiate();
const options = readArguments(process.argv.slice(2));

async function instantiate(): Promise<void> {
  const require = createRequire(import.meta.url);
  const module = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = readFileSync(path.join(path.dirname(module), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as (() => void) | undefined)?.();
}

function readArguments(argv: string[]) {
  const found = {
    version: ['--version', '-V'].includes(argv[0] ?? ''),
    datamodels: [] as string[],
    datasource: {} as { url?: string; shadowDatabaseUrl?: string },
    databaseCommand: undefined as string | undefined,
  };
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--datamodels') found.datamodels.push(argv[++i] ?? '');
    else if (argv[i] === '--datasource') found.datasource = JSON.parse(argv[++i] ?? '{}');
    else if (argv[i] === 'cli') found.databaseCommand = argv[++i];
  }
  return found;
}

/** The URL as the pg driver wants it; `?host=` may be the directory of a unix socket. */
function connection(url: string, database?: string): pg.ClientConfig {
  const config = parse(url);
  const host = new URL(url).searchParams.get('host') ?? config.host;
  return { ...config, host, ...(database ? { database } : {}) } as pg.ClientConfig;
}

function mainUrl(): string {
  const { url } = options.datasource;
  if (!url) throw new Error('DATABASE_URL is not set: name the database that this command shall work on');
  return url;
}

async function onServer<T>(act: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection(mainUrl(), 'postgres'));
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

async function runDatabaseCommand(command: string): Promise<number> {
  // The CLI takes an engine that says nothing at all for one that failed.
  log('INFO', { message: command });
  try {
    const config = connection(mainUrl());
    const name = pg.escapeIdentifier(config.database ?? '');
    if (command === 'can-connect-to-database') {
      const client = new pg.Client(config);
      await client.connect();
      await client.end();
    } else if (command === 'create-database') {
      await onServer((client) => client.query(`CREATE DATABASE ${name}`));
    } else if (command === 'drop-database') {
      await onServer((client) => client.query(`DROP DATABASE IF EXISTS ${name}`));
    } else throw new Error(`not supported: ${command}`);
    return 0;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    log('ERROR', { error_code: code === '3D000' ? 'P1003' : 'P1001', message });
    return 1;
  }
}

/** The catalog's type "char", which the adapter does not map. */
const CATALOG_CHAR = 18;
const TEXT_CHAR = 1042;

// The adapter's inner functions are not part of its types; only these four are touched.
type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Inner = {
  client: { query(sql: string): Promise<unknown> };
  onError(error: unknown): never;
  performIO(query: unknown): Promise<{ fields?: { dataTypeID: number }[] }>;
  queryRaw(query: unknown): Promise<{ columnTypes: number[] }>;
  executeScript(sql: string): Promise<void>;
};

function forMigrations(adapter: Adapter): Adapter {
  const inner = adapter as unknown as Inner;
  const performIO = inner.performIO.bind(inner);
  const queryRaw = inner.queryRaw.bind(inner);
  let charColumns: number[] = [];
  inner.performIO = async (query) => {
    const result = await performIO(query);
    charColumns = [];
    result.fields?.forEach((field, index) => {
      if (field.dataTypeID !== CATALOG_CHAR) return;
      charColumns.push(index);
      field.dataTypeID = TEXT_CHAR;
    });
    return result;
  };
  inner.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  // The adapter splits a script at ';', which breaks $$ bodies; the simple protocol takes it whole.
  inner.executeScript = async (sql) => {
    try {
      await inner.client.query(sql);
    } catch (error) {
      inner.onError(error);
    }
  };
  return adapter;
}

const single = (config: pg.ClientConfig): pg.PoolConfig => ({ ...config, max: 1 });

class MigrationAdapterFactory extends PrismaPg {
  override async connect() {
    return forMigrations(await super.connect());
  }

  // PrismaPg's own would let the URL's database override the shadow's name: the shadow could be the main one.
  override async connectToShadowDb() {
    const { shadowDatabaseUrl } = options.datasource;
    if (shadowDatabaseUrl) {
      return forMigrations(await new PrismaPg(single(connection(shadowDatabaseUrl))).connect());
    }
    const name = `prisma_shadow_${process.pid}_${Date.now()}`;
    await onServer((client) => client.query(`CREATE DATABASE ${name}`));
    const adapter = forMigrations(await new PrismaPg(single(connection(mainUrl(), name))).connect());
    const dispose = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      await dispose();
      await onServer((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    };
    return adapter;
  }
}

function serve(): void {
  const factory = bindMigrationAwareSqlAdapterFactory(
    new MigrationAdapterFactory(single(options.datasource.url ? connection(options.datasource.url) : {})),
  );
  let queue: Promise<void> = Promise.resolve();
  const lines = readline.createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (line) => {
    const { id, method, params } = JSON.parse(line) as { id: number; method?: string; params: Params };
    if (method) queue = queue.then(() => answer(factory, id, method, params));
  });
  lines.on('close', () => queue.finally(() => process.exit(0)));
}

async function answer(factory: object, id: number, method: string, params: Params): Promise<void> {
  try {
    // One engine per call: a second shadow database on the same one is refused.
    const made = await bindings.SchemaEngine.new({ datamodels: datamodels(params) }, () => {}, factory);
    // Methods are looked up by the name that the CLI sends.
    const engine = made as unknown as Engine;
    // These two look for the shadow's schema in the engine's cache only; diagnosing fills it.
    if (method === 'evaluateDataLoss' || method === 'createMigration') {
      await engine.diagnoseMigrationHistory?.({
        migrationsList: params.migrationsList,
        optInToShadowDatabase: true,
        filters: params.filters,
      });
    }
    const name = method === 'getDatabaseVersion' ? 'version' : method;
    const result = await engine[name]?.(params);
    if (method === 'diff' && result?.stdout != null) {
      out({ id: 9e6 + id, method: 'print', params: { content: result.stdout } });
    }
    out({ id, result: result ?? {} });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (panic) log('ERROR', { message: panic });
    out({ id, error: { code: 4466, message, data: errorData(message, code) } });
  }
}

/** The engine puts a JSON object into the message when the error is one of Prisma's own. */
function errorData(message: string, code?: string): object {
  const data = { is_panic: false, message, meta: null, ...(code ? { error_code: code } : {}) };
  try {
    return { is_panic: false, ...JSON.parse(message) };
  } catch {
    return data;
  }
}

/** [name, text] of the schema files; the wasm refuses to begin without any. */
function datamodels(params: Params): [string, string][] {
  if (options.datamodels.length > 0) {
    return options.datamodels.map((file) => [file, readFileSync(file, 'utf8')]);
  }
  type Container = { files?: { path: string; content: string }[] } | undefined;
  const named = [params?.to, params?.from, params?.schema] as Container[];
  const files = named.find((one) => one?.files?.length)?.files;
  if (files) return files.map((file) => [file.path, file.content]);
  return [['stub.prisma', 'datasource db { provider = "postgresql" }']];
}

if (options.version) {
  process.stdout.write(`schema-engine-cli ${bindings.version()}\n`);
  process.exit(0);
}
if (options.databaseCommand) process.exit(await runDatabaseCommand(options.databaseCommand));
serve();
