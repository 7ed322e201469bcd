import {
  type ApplyDocument,
  type DocumentKind,
  jailDocument,
  networkDocument,
  poolDocument,
} from '@cellblock/shared/document';
import type { Role } from '@cellblock/shared/role';
import type { Db } from '../db.ts';
import { readJail } from '../jails/queries.ts';
import { settingsForReader } from '../jails/settings-for-reader.ts';
import { readNetwork } from '../networks/queries.ts';
import { readPool } from '../pools/queries.ts';

/** An object as `apply` would read it, with what its host reports beside it. */
export async function showDocument(
  db: Db,
  { kind, name }: { kind: DocumentKind; name: string },
  role: Role | null,
): Promise<ApplyDocument> {
  switch (kind) {
    case 'Jail':
      return jailDocument(settingsForReader(await readJail(db, name), role));
    case 'Network':
      return networkDocument(await readNetwork(db, name));
    case 'Pool':
      return poolDocument(await readPool(db, name));
  }
}
