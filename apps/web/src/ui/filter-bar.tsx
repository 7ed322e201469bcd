'use client';
import { ListFilter, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { cx } from './cx';
import { Kbd } from './kbd';

interface FilterBarProps {
  label: string;
  value: string;
  /** Called when the text is settled: on Enter, on blur, or after a pause. */
  onChange: (value: string) => void;
  placeholder: string;
  /** What is wrong with the text; the list stays as it was. */
  error?: ReactNode;
}

/** One line of filter text; "/" goes to it, Escape leaves it. */
export function FilterBar({ label, value, onChange, placeholder, error }: FilterBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  // What was given out comes back a moment later, and must not take away what was typed since.
  const given = useRef(value);
  function give(next: string) {
    given.current = next;
    latest.current(next);
  }
  useEffect(() => {
    if (value === given.current) return;
    given.current = value;
    setText(value);
  }, [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pause is that of the typing, however often the list is drawn
  useEffect(() => {
    if (text === given.current) return;
    // On Enter, or when the field was left, it has been given out already.
    const timer = setTimeout(() => text !== given.current && give(text), 300);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const target = event.target as Element;
      if (event.key !== '/' || target.closest('input, textarea, select, [contenteditable]')) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, []);
  return (
    <div className="min-w-0 flex-1">
      <div
        className={cx(
          'flex h-8 items-center gap-1.5 rounded-[7px] border bg-surface-base pl-2 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-focus-ring pointer-coarse:h-10',
          error ? 'border-bad-mark' : 'border-line-control',
        )}
      >
        <ListFilter className="size-4 shrink-0 text-muted" aria-hidden />
        <input
          ref={input}
          aria-label={label}
          aria-invalid={Boolean(error)}
          value={text}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          className="mono h-full min-w-0 flex-1 bg-transparent text-strong placeholder:text-faint focus:outline-none"
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={() => text !== given.current && give(text)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') give(text);
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
        />
        {text ? (
          <button
            type="button"
            aria-label="Clear filter"
            onClick={() => {
              setText('');
              give('');
            }}
            className="grid size-7 shrink-0 place-items-center text-muted hover:text-strong"
          >
            <X className="size-3.5" aria-hidden />
          </button>
        ) : (
          <span className="mr-2">
            <Kbd>/</Kbd>
          </span>
        )}
      </div>
      {error && <p className="mt-1 text-small text-bad-text">{error}</p>}
    </div>
  );
}
