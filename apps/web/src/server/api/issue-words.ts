import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** How our own schemas word an issue: the subject is left out (`is empty: give it a name`). */
const PREDICATE = /^(is|must|may|needs|has|looks|begins|ends)\b/;
/** Zod's own words, which say neither what was meant nor what to do. */
const ZODS_OWN = /^(Invalid|Too (small|big)|Unrecognized)/;

const FORMATS: Record<string, [name: string, fix: string]> = {
  datetime: ['moment', 'Write it as 2026-11-22T14:00:00Z.'],
  uuid: ['id', 'Give the id as it was shown, or a name where one may stand.'],
  url: ['URL', 'Write it as https://cellblock.example.'],
};

/** What is wrong with an input, in three sentences: all of it, the cause alone, what to do. */
export function wordsOf(issue: Issue): { message: string; cause: string; fix: string } {
  const field = issue.path.map(String).join('.');
  const subject = field === '' ? 'The input' : field;
  const said = ZODS_OWN.test(issue.message) ? ownWords(issue, field) : issue.message;
  const [before, after] = splitOnce(said, ': ');
  const predicate = PREDICATE.test(said);
  const cause = predicate ? `${subject} ${before}` : before;
  return {
    message: predicate ? `${subject} ${said}` : `${subject}: ${said}`,
    cause,
    fix: after === undefined ? `Change ${field === '' ? 'the input' : field}: ${cause}.` : sentence(after),
  };
}

/** For an issue that no schema of ours has words for. */
function ownWords(issue: Issue, field: string): string {
  const it = field === '' ? 'an input' : field;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && / undefined$/.test(issue.message)
        ? `is missing: give ${it}, ${article(issue.expected)}`
        : `is not ${article(issue.expected)}: give ${article(issue.expected)}`;
    case 'invalid_value': {
      const values = issue.values.map(String).join(', ');
      return `is none of ${values}: write one of them`;
    }
    case 'too_small':
      return `is too ${small(issue.origin)}: give at least ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `is too ${big(issue.origin)}: give at most ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_format': {
      const known = FORMATS[issue.format];
      if (known) return `is no ${known[0]}: ${known[1]}`;
      return `is not in its form: write it so that it fits ${'pattern' in issue && issue.pattern ? issue.pattern : issue.format}`;
    }
    case 'unrecognized_keys':
      return `has what nobody asks for, ${issue.keys.join(', ')}: leave it out`;
    default:
      return 'has none of the forms that it may have: see the command with --help, or cellblock show NAME -o yaml';
  }
}

const article = (type: string) => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
const small = (origin: string) => (origin === 'string' ? 'short' : 'small');
const big = (origin: string) => (origin === 'string' ? 'long' : 'big');
const unit = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' of them' : '');

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
