import { ViewMount } from '@cellblock/shared/view-mount';
import { parseViewText, VIEW_TEXT, type ViewTextKind, viewText } from '@cellblock/shared/view-text';

/** A mount of the view as it is typed. */
export interface ViewLine {
  kind: ViewTextKind;
  /** as it is typed: a space at its end may become one within a path, and is none of the mount until then */
  text: string;
  /** what it stands for until it is typed anew: a document can say what a line cannot */
  is?: ViewMount;
}

/** A view as lines to type in. */
export const linesOf = (view: readonly ViewMount[]): ViewLine[] =>
  view.map((mount) => ({ kind: mount.kind, text: viewText(mount), is: mount }));

/** An empty line is none of the view. */
export const isEmptyLine = ({ text }: ViewLine): boolean => text.trim() === '';

/** What is wrong with a line of the view as it is typed; an empty one is left out. */
export function viewLineError(line: ViewLine): string | null {
  if (isEmptyLine(line) || line.is) return null;
  const { kind } = line;
  const text = line.text.trim();
  const parsed = parseViewText(kind, text);
  if ('problem' in parsed) return `${capitalized(parsed.problem)}: write it as ${VIEW_TEXT[kind].example}.`;
  const shape = ViewMount.safeParse(parsed);
  const issue = shape.error?.issues[0];
  return issue ? `${capitalized(String(issue.path[0] ?? 'it'))} ${issue.message}.` : null;
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The mounts that the lines stand for; lines that are none are left out. */
export function viewOf(lines: readonly ViewLine[]): ViewMount[] {
  return lines.flatMap((line) => {
    if (isEmptyLine(line)) return [];
    const mount = ViewMount.safeParse(line.is ?? parseViewText(line.kind, line.text.trim()));
    return mount.success ? [mount.data] : [];
  });
}

/** Whether both show the same, in the same order. */
export const isSameView = (one: readonly ViewMount[], other: readonly ViewMount[]): boolean =>
  JSON.stringify(one.map((mount) => ViewMount.parse(mount))) ===
  JSON.stringify(other.map((mount) => ViewMount.parse(mount)));
