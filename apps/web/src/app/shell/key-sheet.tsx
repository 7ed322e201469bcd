'use client';
import { useState } from 'react';
import { Checkbox } from '@/ui/checkbox';
import { Dialog, DialogBody } from '@/ui/dialog';
import { Kbd } from '@/ui/kbd';
import { singleKeysOn, switchSingleKeys } from './key-switch';
import { navItems } from './nav-items';

type Line = readonly [keys: readonly string[], does: string];

const parts: readonly { title: string; lines: readonly Line[] }[] = [
  {
    title: 'Everywhere',
    lines: [
      [['⌘ K', 'Ctrl K'], 'find or run a command'],
      [['/'], 'go to the filter'],
      [['?'], 'this sheet'],
      [['t'], 'UTC or this browser’s zone'],
      [['Esc'], 'close what is open'],
    ],
  },
  {
    title: 'Go to a section',
    lines: [...navItems.map(({ key, label }): Line => [['g', key], label]), [['g', 'b'], 'Notifications']],
  },
  {
    title: 'In a list',
    lines: [
      [['j', '↓'], 'next row'],
      [['k', '↑'], 'row before'],
      [['Home', 'End'], 'first, last row'],
      [['⏎'], 'open'],
      [['Space'], 'peek, where there is one'],
      [['r'], 'sort again, when rows changed place'],
      [['n'], 'new'],
      [['e'], 'mark a notification done'],
    ],
  },
  {
    title: 'On an object',
    lines: [[['[', ']'], 'tab before, next tab']],
  },
];

/** "?": every key there is, and the switch for those without a modifier. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  const [on, setOn] = useState(singleKeysOn);
  return (
    <Dialog open onClose={onClose} width="wide" title="Keys">
      <DialogBody>
        <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
          {parts.map(({ title, lines }) => (
            <section key={title}>
              <h3 className="mb-1 font-medium text-strong">{title}</h3>
              <dl className="grid grid-cols-[112px_minmax(0,1fr)] items-baseline gap-y-1">
                {lines.map(([keys, does]) => (
                  <div key={does} className="contents">
                    <dt className="flex gap-1">
                      {keys.map((key) => (
                        <Kbd key={key}>{key}</Kbd>
                      ))}
                    </dt>
                    <dd className="text-muted">{does}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
        <div className="border-t border-line-subtle pt-3">
          <Checkbox
            checked={on}
            onChange={(next) => {
              switchSingleKeys(next);
              setOn(next);
            }}
            hint="Off, ⌘K and the keys inside a list that has the focus still work."
          >
            Single keys act
          </Checkbox>
        </div>
      </DialogBody>
    </Dialog>
  );
}
