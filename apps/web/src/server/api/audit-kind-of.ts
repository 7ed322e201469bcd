import { AuditKind } from '@cellblock/shared/audit-event';

const NOUNS: Record<string, string> = {
  setup: 'installation',
  session: 'session',
  invites: 'user',
  users: 'user',
  tokens: 'token',
  hosts: 'host',
  answers: 'answers',
  networks: 'network',
  pools: 'pool',
  jails: 'jail',
  grants: 'grant',
  ips: 'ip',
  images: 'image',
  documents: 'document',
  tasks: 'task',
  audit: 'audit',
};

/** Procedures whose word is another. */
const ALIASES: Record<string, string> = {
  'jails.execOpen': 'jail.exec',
  'jails.consoleOpen': 'jail.console',
  'jails.fileText': 'jail.files',
  'jails.fileBytes': 'jail.files',
};

/** The audit's word for a procedure (`jails.create` is `jail.create`); null: the history has none. */
export function auditKindOf(path: string): AuditKind | null {
  const [noun = '', verb = ''] = path.split('.');
  const word = ALIASES[path] ?? `${NOUNS[noun]}.${verb}`;
  const kind = AuditKind.safeParse(word);
  return kind.success ? kind.data : null;
}
