import type { Refusal } from '@cellblock/shared/app-error';
import { sentences } from '../../place-refusal';
import { isEmptyLine, type ViewLine } from './view-form';

interface PlacedConflicts {
  /** what the server says of a line, by its place among the lines */
  at: (index: number) => string | undefined;
  /** what belongs to no line */
  rest: Refusal[];
}

/** What the server says of a view, each sentence at its line. */
export function placeViewConflicts(
  conflicts: readonly Refusal[],
  lines: readonly ViewLine[],
): PlacedConflicts {
  const asked = lines.flatMap((line, index) => (isEmptyLine(line) ? [] : [index]));
  const lineOf = ({ field }: Refusal) => {
    const place = /^settings\.view\.(\d+)/.exec(field ?? '')?.[1];
    return place === undefined ? undefined : asked[Number(place)];
  };
  const placed = new Map(conflicts.map((each) => [lineOf(each), sentences(each)] as const));
  return {
    at: (index) => placed.get(index),
    rest: conflicts.filter((each) => lineOf(each) === undefined),
  };
}
