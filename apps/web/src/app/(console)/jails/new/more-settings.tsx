'use client';
import { ChevronRight } from 'lucide-react';
import { Checkbox } from '@/ui/checkbox';
import { SelectField } from '@/ui/select-field';
import { TextField } from '@/ui/text-field';
import { viewLineError } from '../view-form';
import { ViewLines } from '../view-lines';
import { ImageChoice } from './image-choice';
import { type JailDraft, type RootKind, rulesOf } from './jail-draft';
import { ProfileChoice } from './profile-choice';

const roots: readonly { value: RootKind; label: string }[] = [
  { value: 'host-usr', label: 'The host’s /usr, read only, with an /etc of its own' },
  { value: 'dir', label: 'A directory on the host' },
  { value: 'tar', label: 'A tarball on the host' },
  { value: 'image', label: 'An image of the host’s store' },
  { value: 'view', label: 'Nothing but what its view shows' },
];

interface MoreSettingsProps {
  draft: JailDraft;
  errorOf: (field: keyof JailDraft) => string | undefined;
  /** what the server says of a line of the view */
  viewConflict: (index: number) => string | undefined;
  host: string | undefined;
  onChange: (part: Partial<JailDraft>) => void;
}

export function MoreSettings({ draft, errorOf, viewConflict, host, onChange }: MoreSettingsProps) {
  return (
    <>
      <SelectField
        label="Root"
        value={draft.root}
        options={roots}
        onChange={(event) => onChange({ root: event.currentTarget.value as RootKind, rootPath: '' })}
      />
      {draft.root === 'image' && (
        <ImageChoice host={host} value={draft.rootPath} onChange={(rootPath) => onChange({ rootPath })} />
      )}
      {(draft.root === 'dir' || draft.root === 'tar') && (
        <TextField
          label={draft.root === 'dir' ? 'Directory' : 'Tarball'}
          mono
          value={draft.rootPath}
          error={errorOf('rootPath')}
          placeholder={draft.root === 'dir' ? '/srv/jails/web-1' : '/srv/jails/debian.tar.gz'}
          hint="A path on the host, below one that its bounds file allows"
          onChange={(event) => onChange({ rootPath: event.currentTarget.value.trim() })}
        />
      )}
      <TextField
        label="Command"
        optional
        mono
        value={draft.command}
        placeholder="a small init that reaps and waits"
        onChange={(event) => onChange({ command: event.currentTarget.value })}
      />
      <details className="group" open={draft.root === 'view' || undefined}>
        <summary className="inline-flex min-h-6 items-center gap-1 font-medium text-muted hover:text-strong [&::-webkit-details-marker]:hidden">
          <ChevronRight className="size-3.5 group-open:rotate-90" aria-hidden /> Profile and view
        </summary>
        <div className="flex flex-col gap-4 pt-2">
          <ProfileChoice
            value={draft.profile}
            byRoot={rulesOf({ ...draft, profile: undefined }).profile}
            readOnly={rulesOf(draft).readOnly}
            onChange={(profile) => onChange({ profile })}
          />
          <ViewLines
            lines={draft.view}
            errorOf={(index) => {
              const line = draft.view[index];
              return (line && viewLineError(line)) ?? viewConflict(index);
            }}
            onChange={(view) => onChange({ view })}
          />
        </div>
      </details>
      <details className="group">
        <summary className="inline-flex min-h-6 items-center gap-1 font-medium text-muted hover:text-strong [&::-webkit-details-marker]:hidden">
          <ChevronRight className="size-3.5 group-open:rotate-90" aria-hidden /> Limits, start and storage
        </summary>
        <div className="flex flex-col gap-3 pt-2">
          <div className="grid gap-3 sm:grid-cols-3">
            <TextField
              label="Memory"
              optional
              mono
              placeholder="256M"
              value={draft.memory}
              error={errorOf('memory')}
              onChange={(event) => onChange({ memory: event.currentTarget.value.trim() })}
            />
            <TextField
              label="CPUs"
              optional
              mono
              placeholder="0.5"
              value={draft.cpus}
              error={errorOf('cpus')}
              onChange={(event) => onChange({ cpus: event.currentTarget.value.trim() })}
            />
            <TextField
              label="Processes"
              optional
              mono
              placeholder="100"
              value={draft.pids}
              error={errorOf('pids')}
              onChange={(event) => onChange({ pids: event.currentTarget.value.trim() })}
            />
          </div>
          <Checkbox checked={draft.boot} onChange={(boot) => onChange({ boot })}>
            Start when the host boots
          </Checkbox>
          {draft.root === 'host-usr' && (
            <Checkbox
              checked={draft.ephemeral}
              onChange={(ephemeral) => onChange({ ephemeral })}
              hint="What it writes is gone when it stops."
            >
              Keep nothing
            </Checkbox>
          )}
          <Checkbox checked={rulesOf(draft).readOnly} onChange={(readOnly) => onChange({ readOnly })}>
            Read-only root
          </Checkbox>
        </div>
      </details>
    </>
  );
}
