'use client';
import { VIEW_TEXT, type ViewTextKind } from '@cellblock/shared/view-text';
import { Plus, X } from 'lucide-react';
import { Button } from '@/ui/button';
import { IconButton } from '@/ui/icon-button';
import { SelectField } from '@/ui/select-field';
import { TextField } from '@/ui/text-field';
import type { ViewLine } from './view-form';

const KINDS: Record<ViewTextKind, string> = {
  bind: 'Show a directory or file',
  overlay: 'Show, and write beside it',
  tmpfs: 'Memory',
  mask: 'Cover',
  devpts: 'Terminals',
  proc: 'Processes',
  sysfs: 'System',
  mqueue: 'Message queues',
};

interface ViewLinesProps {
  lines: readonly ViewLine[];
  /** what is wrong with a line, by its place in the list */
  errorOf: (index: number) => string | undefined;
  onChange: (lines: ViewLine[]) => void;
}

/** What the jail sees on top of its root, one mount a line, made in this order. */
export function ViewLines({ lines, errorOf, onChange }: ViewLinesProps) {
  const set = (index: number, part: Partial<ViewLine>) =>
    onChange(lines.map((line, at) => (at === index ? { kind: line.kind, text: line.text, ...part } : line)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-small font-medium text-muted">
        View <span className="font-normal text-faint">(on top of the root, in this order)</span>
      </legend>
      {lines.map((line, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
          key={index}
          className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 sm:grid-cols-[11rem_minmax(0,1fr)_auto]"
        >
          <SelectField
            label="Kind"
            value={line.kind}
            options={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
            onChange={(event) => set(index, { kind: event.currentTarget.value as ViewTextKind })}
          />
          <TextField
            className="max-sm:col-span-2 max-sm:row-start-2"
            label={`Mount ${index + 1}`}
            mono
            value={line.text}
            error={errorOf(index)}
            placeholder={VIEW_TEXT[line.kind].example}
            hint={`${VIEW_TEXT[line.kind].form}${VIEW_TEXT[line.kind].words ? ` · ${VIEW_TEXT[line.kind].words}` : ''}`}
            onChange={(event) => set(index, { text: event.currentTarget.value })}
          />
          <div className="pt-5">
            <IconButton
              label={`Leave out mount ${index + 1}`}
              icon={<X aria-hidden />}
              onClick={() => onChange(lines.filter((_, at) => at !== index))}
            />
          </div>
        </div>
      ))}
      <div>
        <Button icon={<Plus aria-hidden />} onClick={() => onChange([...lines, { kind: 'bind', text: '' }])}>
          Add a mount
        </Button>
      </div>
    </fieldset>
  );
}
