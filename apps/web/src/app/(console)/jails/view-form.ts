import { ViewMount } from '@cellblock/shared/view-mount';
import { parseViewText, VIEW_TEXT, type ViewTextKind, viewText } from '@cellblock/shared/view-text';

/** A mount of the view as it is typed. */
export interface ViewLine {
  kind: ViewTextKind;
  text: string;
  /** what it stands for until it is typed anew: a document can say what a line cannot */
  is?: ViewMount;
}

/** A view as lines to type in. */
export const linesOf = (view: readonly ViewMount[]): ViewLine[] =>
  view.map((mount) => ({ kind: mount.kind, text: viewText(mount), is: mount }));

/** What is wrong with a line of the view as it is typed; an empty one is left out. */
export function viewLineError({ kind, text, is }: ViewLine): string | null {
  if (text === '' || is) return null;
  const parsed = parseViewText(kind, text);
  if ('problem' in parsed) return `${capitalized(parsed.problem)}: write it as ${VIEW_TEXT[kind].example}.`;
  const shape = ViewMount.safeParse(parsed);
  const issue = shape.error?.issues[0];
  return issue ? `${capitalized(String(issue.path[0] ?? 'it'))} ${issue.message}.` : null;
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The mounts that the lines stand for; lines that are none are left out. */
export function viewOf(lines: readonly ViewLine[]): ViewMount[] {
  return lines.flatMap(({ kind, text, is }) => {
    if (text === '') return [];
    const mount = ViewMount.safeParse(is ?? parseViewText(kind, text));
    return mount.success ? [mount.data] : [];
  });
}

/** Whether both show the same, in the same order. */
export const isSameView = (one: readonly ViewMount[], other: readonly ViewMount[]): boolean =>
  JSON.stringify(one.map((mount) => ViewMount.parse(mount))) ===
  JSON.stringify(other.map((mount) => ViewMount.parse(mount)));
