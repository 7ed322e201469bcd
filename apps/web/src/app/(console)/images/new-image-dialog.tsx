'use client';
import type { ImageOrder } from '@cellblock/shared/image';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { FileField } from '@/ui/file-field';
import { FormDialog } from '@/ui/form-dialog';
import { Segmented } from '@/ui/segmented';
import { SelectField } from '@/ui/select-field';
import { TextField } from '@/ui/text-field';
import { placeRefusal } from '../../place-refusal';
import { plainName } from './send-archive';
import { useMakeImage } from './use-make-image';

type Kind = ImageOrder['kind'];

const kinds: readonly { value: Kind; label: string }[] = [
  { value: 'bootstrap', label: 'Distribution' },
  { value: 'pull', label: 'Registry' },
  { value: 'upload', label: 'Archive' },
];

/** Three ways to an image: a distribution's own packages, a registry, an archive of one's own. */
export function NewImageDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const hosts = useQuery(trpc.hosts.list.queryOptions());
  const [kind, setKind] = useState<Kind>('bootstrap');
  const [named, setHost] = useState<string>();
  const [distribution, setDistribution] = useState('debian:12');
  const [include, setInclude] = useState('');
  const [reference, setReference] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState('');
  const ready = (hosts.data ?? []).filter(({ state }) => state === 'ready' || state === 'unknown');
  const host = ready.find((each) => each.name === named) ?? ready[0];
  const bounds = useQuery({
    ...trpc.hosts.get.queryOptions({ host: host?.name ?? '' }),
    enabled: Boolean(host),
  });
  const make = useMakeImage(onClose);
  const refusal = placeRefusal(make.error, ['host', 'distribution', 'include', 'reference', 'file', 'name']);
  const order: ImageOrder =
    kind === 'bootstrap'
      ? { kind, distribution: distribution.trim(), include: include.split(/[\s,]+/).filter(Boolean) }
      : kind === 'pull'
        ? { kind, reference: reference.trim() }
        : { kind, name: name.trim() };
  const missing = {
    bootstrap: !distribution.trim() && 'Name a distribution first',
    pull: !reference.trim() && 'Name it by its registry first',
    upload: !file ? 'Choose an archive first' : !name.trim() && 'Give it a name first',
  }[kind];
  const sources = bounds.data?.bounds?.imageSources;
  return (
    <FormDialog
      title="New image"
      description="It is made on one host, by processes without privilege, and kept by the digest of its files."
      action={{ bootstrap: 'Bootstrap it', pull: 'Pull it', upload: 'Upload it' }[kind]}
      blocked={
        !host
          ? hosts.data
            ? 'No host has been approved yet'
            : 'The hosts are being looked up'
          : host.state === 'unknown'
            ? `${host.name} is silent: an image is made while its agent is there`
            : missing
      }
      pending={make.isPending}
      onSubmit={() => host && make.mutate({ host: host.name, order, file: kind === 'upload' ? file : null })}
      onClose={onClose}
    >
      <Segmented label="From" value={kind} options={kinds} onChange={setKind} />
      {kind === 'bootstrap' && (
        <>
          <TextField
            label="Distribution"
            mono
            autoFocus
            value={distribution}
            error={refusal.at('distribution')}
            hint="debian:12 or alpine:3.20, from the distribution’s own archives"
            onChange={(event) => setDistribution(event.currentTarget.value)}
          />
          <TextField
            label="With packages"
            mono
            value={include}
            optional
            error={refusal.at('include')}
            hint="Debian’s, as systemd-sysv for an init of its own, openssh-server"
            onChange={(event) => setInclude(event.currentTarget.value)}
          />
        </>
      )}
      {kind === 'pull' && (
        <TextField
          label="Reference"
          mono
          autoFocus
          value={reference}
          placeholder="docker.io/library/nginx:1.28"
          error={refusal.at('reference')}
          hint="A tag is asked for once; what is kept is a digest"
          onChange={(event) => setReference(event.currentTarget.value)}
        />
      )}
      {kind === 'upload' && (
        <>
          <FileField
            label="Archive"
            error={refusal.at('file')}
            hint="A root as a tarball, or an image as OCI or Docker save it"
            onChoose={(chosen) => {
              setFile(chosen);
              if (chosen) setName(plainName(chosen.name));
            }}
          />
          <TextField
            label="Name"
            mono
            value={name}
            error={refusal.at('name')}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </>
      )}
      {ready.length > 1 && (
        <SelectField
          label="Host"
          value={host?.name}
          error={refusal.at('host')}
          onChange={(event) => setHost(event.currentTarget.value)}
          options={ready.map((each) => ({
            value: each.name,
            label: each.state === 'ready' ? each.name : `${each.name}: silent`,
          }))}
        />
      )}
      {/* Its room is there from the start: the buttons stay where they are when it is known. */}
      <p className="min-h-8 text-small text-faint">
        {sources && host ? (
          <>
            The bounds of {host.name} take images from{' '}
            <span className="mono">{sources.join(', ') || 'nowhere'}</span>.
          </>
        ) : bounds.isLoading || hosts.isPending ? (
          'The bounds of the host are being looked up.'
        ) : (
          bounds.isSuccess && 'The host has not told its bounds.'
        )}
      </p>
      {ready.length <= 1 && refusal.at('host') && (
        <p role="alert" className="text-small text-bad-text">
          {refusal.at('host')}
        </p>
      )}
      {refusal.rest}
    </FormDialog>
  );
}
