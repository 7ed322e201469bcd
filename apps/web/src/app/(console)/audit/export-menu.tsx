'use client';
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useTRPCClient } from '@/trpc/client';
import { refusalOf } from '@/trpc/refusal';
import { Button } from '@/ui/button';
import { Menu, MenuItem } from '@/ui/menu';
import { useToast } from '@/ui/toast';
import { useMayNot } from '../../may';
import type { TimeRange } from './time-range';

type Format = 'csv' | 'ndjson';

/** The events of this filter and range as a file. That it was made is an event too. */
export function ExportMenu({ q, range }: { q: string; range: TimeRange | null }) {
  const client = useTRPCClient();
  const toast = useToast();
  const denied = useMayNot('audit');
  const make = useMutation({
    mutationFn: async (format: Format) => {
      const asked = {
        q: q || undefined,
        from: range?.from.toISOString(),
        to: range?.to.toISOString(),
        format,
      };
      save(await client.audit.export.mutate(asked), format);
    },
    onError: (error) => {
      const { message, fix } = refusalOf(error);
      toast('bad', message, fix);
    },
  });
  return (
    <Menu
      trigger={
        <Button icon={<Download aria-hidden />} pending={make.isPending} disabledReason={denied}>
          Export…
        </Button>
      }
    >
      <MenuItem onSelect={() => make.mutate('csv')}>CSV, for a spreadsheet</MenuItem>
      <MenuItem onSelect={() => make.mutate('ndjson')}>NDJSON, one event per line</MenuItem>
    </Menu>
  );
}

function save(text: string, format: Format) {
  const url = URL.createObjectURL(
    new Blob([text], { type: format === 'csv' ? 'text/csv' : 'application/x-ndjson' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = `audit-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`;
  link.click();
  URL.revokeObjectURL(url);
}
