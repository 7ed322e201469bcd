'use client';
import { LogOut, Trash2, UserCog } from 'lucide-react';
import { useState } from 'react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { Button } from '@/ui/button';
import { KeyValues } from '@/ui/key-values';
import { Moment } from '@/ui/moment';
import { PanelHead } from '@/ui/panel';
import { SidePanel } from '@/ui/side-panel';
import { roleText } from '../../../role-text';
import { ChangeRoleDialog } from './change-role-dialog';
import { EndSessionsDialog } from './end-sessions-dialog';
import { InviteDialog } from './invite-dialog';
import { lastAdministrator } from './person-can';
import { factorsOf } from './person-columns';
import { RemovePersonDialog } from './remove-person-dialog';
import type { Person } from './use-people';

interface PersonPanelProps {
  person: Person;
  all: readonly Person[];
  me: string | undefined;
  /** A dialog is open about them: what it says of somebody whom another has removed meanwhile is to be read. */
  onHold: (held: Person | null) => void;
  onClose: () => void;
}

type Asking = 'role' | 'sessions' | 'remove' | 'invite' | null;

/** One person: how they come in, where they are signed in now, and what can be changed about them. */
export function PersonPanel({ person, all, me, onHold, onClose }: PersonPanelProps) {
  const [asking, setAsked] = useState<Asking>(null);
  const setAsking = (next: Asking) => {
    setAsked(next);
    onHold(next === null ? null : person);
  };
  const close = () => setAsking(null);
  const last = lastAdministrator(person, all);
  return (
    <SidePanel title={person.name} meta={person.name === me ? 'you' : undefined} onClose={onClose}>
      <KeyValues
        rows={[
          ['Role', `${person.role}. ${roleText[person.role]}`],
          ['Second factor', person.invited ? undefined : (factorsOf(person) ?? 'none: a password alone')],
          [
            'Last sign-in',
            person.invited ? undefined : person.lastSignInAt ? (
              <Moment key="l" at={person.lastSignInAt} show="both" />
            ) : (
              'never'
            ),
          ],
          [person.invited ? 'Invited' : 'Since', <Moment key="c" at={person.createdAt} show="both" />],
          ['Invited by', person.invited?.by],
          [
            'Link ends',
            person.invited ? <Moment key="e" at={person.invited.expiresAt} show="both" /> : undefined,
          ],
          [
            'History',
            person.invited ? undefined : (
              <Link
                key="h"
                href={paths.audit(`actor:${person.name}`)}
                className="text-accent-text hover:underline"
              >
                What {person.name} did
              </Link>
            ),
          ],
        ]}
      />
      <div className="flex flex-wrap gap-2 px-3 pb-3">
        {person.invited ? (
          <Button icon={<UserCog aria-hidden />} onClick={() => setAsking('invite')}>
            New link…
          </Button>
        ) : (
          <>
            <Button icon={<UserCog aria-hidden />} onClick={() => setAsking('role')}>
              Change role…
            </Button>
            <Button
              icon={<LogOut aria-hidden />}
              disabledReason={person.sessions.length === 0 && `${person.name} is not signed in anywhere`}
              onClick={() => setAsking('sessions')}
            >
              Sign out everywhere…
            </Button>
          </>
        )}
        <Button
          look="danger"
          icon={<Trash2 aria-hidden />}
          disabledReason={last}
          onClick={() => setAsking('remove')}
        >
          {person.invited ? 'Take back invite…' : 'Remove…'}
        </Button>
      </div>
      {last && <p className="px-3 pb-3 text-small text-muted">{last}</p>}
      {!person.invited && (
        <>
          <PanelHead inner title="Signed in" meta={person.sessions.length} />
          {person.sessions.length === 0 && <p className="p-3 text-muted">Nowhere at the moment.</p>}
          <ul>
            {person.sessions.map((session) => (
              <li key={session.beganAt} className="border-b border-line-subtle px-3 py-2 last:border-b-0">
                <span className="text-strong">{session.credential}</span>{' '}
                <span className="mono text-muted">{session.from ?? 'from this machine'}</span>
                <span className="block text-small break-words text-muted">
                  since <Moment at={session.beganAt} />, last used <Moment at={session.lastUsedAt} />
                  {session.agent && <> · {browserOf(session.agent)}</>}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {asking === 'role' && (
        <ChangeRoleDialog person={person} last={last} self={person.name === me} onClose={close} />
      )}
      {asking === 'sessions' && (
        <EndSessionsDialog person={person} self={person.name === me} onClose={close} />
      )}
      {asking === 'remove' && (
        <RemovePersonDialog person={person} self={person.name === me} onClose={close} />
      )}
      {asking === 'invite' && (
        <InviteDialog given={{ name: person.name, role: person.role }} onClose={close} />
      )}
    </SidePanel>
  );
}

/** The name that people know of a browser's long account of itself. */
function browserOf(agent: string): string {
  const known = /(Firefox|Edg|OPR|HeadlessChrome|Chrome|Safari)\/(\d+)/.exec(agent);
  const system = /(Windows|Mac OS X|Android|iPhone|Linux)/.exec(agent)?.[1];
  if (!known) return agent.slice(0, 60);
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', HeadlessChrome: 'Chrome' };
  return `${names[known[1] ?? ''] ?? known[1]} ${known[2]}${system ? ` on ${system}` : ''}`;
}
