'use client';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { useTRPC } from '@/trpc/client';
import { Button } from '@/ui/button';
import { cx } from '@/ui/cx';
import { DataTable } from '@/ui/data-table';
import { EmptyState } from '@/ui/empty-state';
import { Note } from '@/ui/note';
import { PageHeader } from '@/ui/page-header';
import { Loaded } from '../../loaded';
import { useMayNot } from '../../may';
import { useAsking } from '../../use-asking';
import { useKey } from '../../use-key';
import { BESIDE, imageColumns } from './image-columns';
import { ImagePanel } from './image-panel';
import { imageRows } from './image-rows';
import { NewImageDialog } from './new-image-dialog';
import { OrdersUnderWay } from './orders-under-way';

/** A host that did not answer is asked again. */
const AGAIN_MS = 5_000;

/** Which trees the hosts have for jails to share, where they came from, and whose roots they are. */
export function ImagesPage() {
  const trpc = useTRPC();
  const denied = useMayNot('administer');
  const images = useQuery({
    ...trpc.images.list.queryOptions({}),
    refetchInterval: ({ state }) => (state.data?.some(({ problem }) => problem !== null) ? AGAIN_MS : false),
  });
  const [sel, setSel] = useQueryState('sel', parseAsString);
  const [asking, setAsking] = useAsking(['new']);
  useKey('n', () => !denied && setAsking('new'));
  const rows = imageRows(images.data ?? []);
  const silent = (images.data ?? []).flatMap(({ problem }) => problem ?? []);
  const chosen = rows.find(({ key }) => key === sel) ?? null;
  const add = (label: string) => (
    <Button
      look="primary"
      icon={<Plus aria-hidden />}
      shortcut="N"
      disabledReason={denied}
      onClick={() => setAsking('new')}
    >
      {label}
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Images"
        meta={images.data && (silent.length > 0 ? `${rows.length}+` : rows.length)}
        actions={add('New image')}
      />
      <OrdersUnderWay />
      <Loaded query={images} waitingFor="A host" rows={4}>
        {(stores) => (
          <div
            className={cx('grid items-start gap-4', chosen && 'lg:grid-cols-[minmax(0,1fr)_minmax(0,440px)]')}
          >
            {chosen && (
              <div className="min-w-0 lg:order-2">
                <ImagePanel key={chosen.key} image={chosen} onClose={() => void setSel(null)} />
              </div>
            )}
            <div className="flex min-w-0 flex-col gap-3">
              {silent.length > 0 && (
                <Note
                  tone="warn"
                  title={`${stores.length - silent.length} of ${stores.length} hosts answered. Nothing is known of the others’ images.`}
                >
                  {silent.map((problem) => (
                    <p key={problem}>{problem}</p>
                  ))}
                </Note>
              )}
              <DataTable
                label="Images"
                columns={chosen ? imageColumns.filter(({ key }) => !BESIDE.includes(key)) : imageColumns}
                rows={rows}
                rowKey={({ key }) => key}
                selectedKey={chosen?.key ?? null}
                onOpen={({ key }) => void setSel(key)}
                empty={
                  silent.length > 0 ? (
                    <p className="px-2 text-muted">No host that answered has an image.</p>
                  ) : (
                    <EmptyState action={add('Make an image')} command="cellblock image bootstrap debian:12">
                      No images yet. An image is a whole distribution in a host’s store: jails have it as
                      their root, share it read only, and keep what they change to themselves.
                    </EmptyState>
                  )
                }
              />
            </div>
          </div>
        )}
      </Loaded>
      {asking === 'new' && !denied && <NewImageDialog onClose={() => setAsking(null)} />}
    </>
  );
}
