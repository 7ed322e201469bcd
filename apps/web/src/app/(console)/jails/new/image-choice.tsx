'use client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { SelectField } from '@/ui/select-field';

interface ImageChoiceProps {
  host: string | undefined;
  /** digest */
  value: string;
  onChange: (digest: string) => void;
}

/** The images that the host has, by the names that they were made under. */
export function ImageChoice({ host, value, onChange }: ImageChoiceProps) {
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.images.list.queryOptions({ host }), enabled: host !== undefined });
  const store = query.data?.[0];
  const images = store?.images ?? [];
  return (
    <SelectField
      label="Image"
      value={value}
      hint={
        query.error?.message ??
        store?.problem ??
        (query.data && images.length === 0 ? (
          <>
            {host} has no image yet:{' '}
            <Link href={paths.images({ do: 'new' })} className="text-accent-text hover:underline">
              make one
            </Link>
          </>
        ) : (
          'Shared read only; what the jail writes is its own'
        ))
      }
      options={[
        { value: '', label: query.isPending ? 'Looking them up …' : 'Choose one' },
        ...images.map((each) => ({
          value: each.digest,
          label: `${each.name} · ${each.digest.slice(7, 19)}`,
        })),
      ]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
