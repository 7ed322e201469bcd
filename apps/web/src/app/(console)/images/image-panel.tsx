'use client';
import { useMutation } from '@tanstack/react-query';
import { Plus, ScanSearch, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { buttonClass } from '@/ui/button-class';
import { CopyButton } from '@/ui/copy-button';
import { KeyValues } from '@/ui/key-values';
import { Moment } from '@/ui/moment';
import { Note } from '@/ui/note';
import { bytesText, countText } from '@/ui/number-text';
import { PanelHead } from '@/ui/panel';
import { SidePanel } from '@/ui/side-panel';
import { useMayNot } from '../../may';
import { RefusalPanel } from '../../refusal-panel';
import { type ImageRow, whyKept } from './image-rows';
import { RemoveImageDialog } from './remove-image-dialog';

const mono = (text: string) => <span className="mono break-all">{text}</span>;

/** One image of one host: what it is by its bytes, whose root it is, and what can be done with it. */
export function ImagePanel({ image, onClose }: { image: ImageRow; onClose: () => void }) {
  const trpc = useTRPC();
  const operate = useMayNot('operate');
  const administer = useMayNot('administer');
  const [removing, setRemoving] = useState(false);
  const verify = useMutation(trpc.images.verify.mutationOptions());
  const { host, digest, name, usedBy } = image;
  const { command, environment, user } = image.suggested;
  const kept = whyKept(image);
  return (
    <SidePanel title={name} meta={`on ${host}`} onClose={onClose}>
      <KeyValues
        rows={[
          [
            'Digest',
            <span key="d" className="flex items-start gap-1">
              {mono(digest)} <CopyButton text={digest} label="Copy digest" />
            </span>,
          ],
          [
            'Source',
            <span key="s" className="break-all">
              {image.source}
            </span>,
          ],
          [
            'Made',
            <span key="m">
              <Moment at={image.created} show="both" /> by {image.by}
            </span>,
          ],
          ['Size', `${bytesText(image.size)} in ${countText(image.entries)} files`],
          ['Architecture', image.architecture],
          ['Suggests', command === null ? undefined : mono(JSON.stringify(command))],
          ['Environment', environment.length === 0 ? undefined : mono(environment.join(' '))],
          ['User', user ?? undefined],
          [
            'History',
            <Link
              key="h"
              href={paths.audit(`action:image.* host:${host}`)}
              className="text-accent-text hover:underline"
            >
              Images of {host}
            </Link>,
          ],
        ]}
      />
      <div className="flex flex-wrap gap-2 px-3 pb-3">
        <Link href={paths.jailNew({ host, image: digest })} className={buttonClass()}>
          <Plus aria-hidden /> Create a jail with it
        </Link>
        <Button
          icon={<ScanSearch aria-hidden />}
          pending={verify.isPending}
          disabledReason={operate}
          onClick={() => verify.mutate({ host, image: digest })}
        >
          Read every byte again
        </Button>
        <Button
          look="danger"
          icon={<Trash2 aria-hidden />}
          disabledReason={administer ?? kept}
          onClick={() => setRemoving(true)}
        >
          Remove…
        </Button>
      </div>
      {verify.data && (
        <Note
          live
          tone={verify.data.whole ? 'ok' : 'bad'}
          className="mx-3 mb-3"
          title={
            verify.data.whole
              ? 'Every byte of it is as its digest says.'
              : 'It is not what its digest says: something wrote into the store, or the disk lost what was written.'
          }
        >
          {!verify.data.whole && (
            <p>It is {mono(verify.data.found)} now. Destroy the jails on it, remove it, and make it anew.</p>
          )}
        </Note>
      )}
      {verify.error && <RefusalPanel error={verify.error} className="mx-3 mb-3" />}
      <PanelHead inner title="Root of" meta={usedBy.length} />
      {usedBy.length === 0 && <p className="p-3 text-muted">No jail. It can be removed.</p>}
      <ul aria-label={`Jails on ${name}`}>
        {usedBy.map((jail) => (
          <li key={jail} className="border-b border-line-subtle px-3 py-2 last:border-b-0">
            <Link href={paths.jail(jail)} className="text-strong hover:underline">
              {jail}
            </Link>
          </li>
        ))}
      </ul>
      {removing && <RemoveImageDialog image={image} onClose={() => setRemoving(false)} />}
    </SidePanel>
  );
}
