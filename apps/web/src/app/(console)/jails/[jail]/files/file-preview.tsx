'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Download, X } from 'lucide-react';
import { useTRPCClient } from '@/trpc/client';
import { IconButton } from '@/ui/icon-button';
import { bytesText } from '@/ui/number-text';
import { PanelHead } from '@/ui/panel';
import { useToast } from '@/ui/toast';
import { Loaded } from '../../../../loaded';
import { RefusalPanel } from '../../../../refusal-panel';
import { downloadFile } from './download-file';

interface FilePreviewProps {
  jail: JailView;
  path: string;
  onClose: () => void;
}

/** The beginning of a file as text; what is not plain in it stands as an escape. */
export function FilePreview({ jail, path, onClose }: FilePreviewProps) {
  const client = useTRPCClient();
  const query = useQuery({
    queryKey: ['jail-file', jail.id, path],
    queryFn: () => client.jails.fileText.mutate({ jail: jail.id, path }),
    // A change of anything makes all else be asked again: not this.
    staleTime: 'static',
    refetchOnReconnect: false,
    retry: false,
  });
  const toast = useToast();
  const download = useMutation({
    mutationFn: () => downloadFile({ jail: jail.id, path }),
    onSuccess: ({ name }) => toast('ok', `${name} is handed over; that you took it is in the history`),
  });
  return (
    <section aria-label={`Contents of ${path}`}>
      <PanelHead
        inner
        title={
          <bdi dir="ltr" className="mono break-all">
            {path}
          </bdi>
        }
        meta={query.data && `${bytesText(query.data.bytes)}${query.data.more ? ', the beginning' : ''}`}
        actions={
          <>
            <IconButton
              label="Download the file"
              icon={<Download aria-hidden />}
              disabledReason={download.isPending ? 'It is being handed over' : null}
              onClick={() => download.mutate()}
            />
            <IconButton label="Close the file" icon={<X aria-hidden />} onClick={onClose} />
          </>
        }
      />
      {download.error && <RefusalPanel error={download.error} />}
      <Loaded query={query} waitingFor={`${jail.host.name} has not answered yet.`}>
        {({ text, bytes }) =>
          text === null ? (
            <p className="p-3 text-muted">It is no text: {bytesText(bytes)} of something else.</p>
          ) : (
            <pre
              // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
              tabIndex={0}
              className="mono max-h-[60dvh] overflow-auto p-3 break-all whitespace-pre-wrap"
            >
              {text === '' ? <span className="font-sans text-muted">It is empty.</span> : text}
            </pre>
          )
        }
      </Loaded>
    </section>
  );
}
