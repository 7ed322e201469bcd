'use client';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useTRPCClient } from '@/trpc/client';
import { IconButton } from '@/ui/icon-button';
import { bytesText } from '@/ui/number-text';
import { PanelHead } from '@/ui/panel';
import { Loaded } from '../../../../loaded';

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
        actions={<IconButton label="Close the file" icon={<X aria-hidden />} onClick={onClose} />}
      />
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
