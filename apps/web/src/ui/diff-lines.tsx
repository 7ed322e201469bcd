import { cx } from './cx';

export interface DiffLine {
  sign: '+' | '-' | ' ';
  text: string;
}

export function DiffLines({ lines }: { lines: readonly DiffLine[] }) {
  return (
    <div className="mono overflow-x-auto py-2">
      {lines.map((line, at) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the text
          key={at}
          className={cx(
            'min-w-max px-3 whitespace-pre',
            line.sign === '-' && 'bg-bad-tint text-bad-text',
            line.sign === '+' && 'bg-ok-tint text-ok-text',
          )}
        >
          {line.sign} {line.text}
        </div>
      ))}
    </div>
  );
}
