import { CopyButton } from '@/ui/copy-button';
import { Note } from '@/ui/note';

/** Shown once: each signs in once without the app. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  return (
    <Note tone="warn" title="Keep these recovery codes. They are not shown again.">
      <p>Each of them signs you in once when the app is lost.</p>
      <ul className="mono mt-2 grid grid-cols-2 gap-x-4 text-strong">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <CopyButton text={codes.join('\n')} label="Copy recovery codes" />
    </Note>
  );
}
