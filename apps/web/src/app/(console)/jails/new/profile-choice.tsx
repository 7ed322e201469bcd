import type { Profile } from '@cellblock/shared/profile';
import { profileRows } from '@cellblock/shared/profile-rows';
import { PROFILES } from '@cellblock/shared/profile-rules';

const NAMES = Object.keys(PROFILES) as Profile[];

interface ProfileChoiceProps {
  /** undefined: as the root has it */
  value: Profile | undefined;
  /** what holds when none is chosen */
  byRoot: Profile;
  /** what the jail's root will be, from all that is in the form */
  readOnly: boolean;
  onChange: (profile: Profile | undefined) => void;
}

/** The profiles as a table: one column each, what it means below its name. */
export function ProfileChoice({ value, byRoot, readOnly, onChange }: ProfileChoiceProps) {
  const questions = profileRows('system').map(([question]) => question);
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1 text-small font-medium text-muted">Profile</legend>
      <label className="flex min-h-6 items-center gap-1.5 font-medium text-strong">
        <input
          type="radio"
          name="profile"
          value=""
          checked={value === undefined}
          onChange={() => onChange(undefined)}
        />
        As its root has it
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <section className="overflow-x-auto" tabIndex={0} aria-label="What the profiles mean">
        <table className="w-full min-w-[34rem] border-collapse text-small">
          <thead>
            <tr>
              <td className="w-28" />
              {NAMES.map((name) => (
                <th key={name} scope="col" className="px-2 py-1 text-left align-top font-normal">
                  <label className="flex min-h-6 items-center gap-1.5 font-medium text-strong">
                    <input
                      type="radio"
                      name="profile"
                      value={name}
                      checked={value === name}
                      onChange={() => onChange(name)}
                    />
                    {name}
                  </label>
                  <span className="block text-muted">{PROFILES[name].says}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {questions.map((question, index) => (
              <tr key={question} className="border-t border-line-subtle">
                <th scope="row" className="py-1 pr-2 text-left align-top font-normal text-muted">
                  {question}
                </th>
                {NAMES.map((name) => (
                  <td key={name} className="px-2 py-1 align-top">
                    {profileRows(name)[index]?.[1]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="text-small text-faint">
        {value === undefined ? `${byRoot}, as its root has it` : `${value}, chosen`}: its root{' '}
        {readOnly ? 'is read only' : 'can be written'}.
      </p>
    </fieldset>
  );
}
