import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { connectionUrl, withClient } from '../../apps/agent/src/supervisor/postgres-cluster.ts';
import { TEMPLATE } from './cluster.ts';

/**
 * Every file of the db suite begins with a fresh migrated database:
 *  - DATABASE_URL connects as the application does (role `cellblock_app`, without rights on the history);
 *  - DATABASE_OWNER_URL connects as the owner, for what a test must do behind the application's back.
 */
const socketDirectory = inject('socketDirectory');
const database = `test_${randomBytes(6).toString('hex')}`;

await withClient(connectionUrl(socketDirectory, 'postgres', 'postgres'), (client) =>
  client.query(`CREATE DATABASE ${database} TEMPLATE ${TEMPLATE} OWNER cellblock STRATEGY file_copy`),
);
process.env.DATABASE_URL = connectionUrl(socketDirectory, 'cellblock_app', database);
process.env.DATABASE_OWNER_URL = connectionUrl(socketDirectory, 'cellblock', database);
