import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Theme = 'light' | 'dark';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const OKLCH = String.raw`oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)`;
const tokens = new Map(
  [...css.matchAll(new RegExp(`--([\\w-]+): light-dark\\(${OKLCH}, ${OKLCH}\\)`, 'g'))].map((match) => [
    match[1] ?? '',
    { light: match.slice(2, 5).map(Number), dark: match.slice(5, 8).map(Number) },
  ]),
);

/** Relative luminance of an oklch colour (WCAG 2.2, over linear sRGB). */
function luminance([l = 0, c = 0, h = 0]: number[]): number {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const x = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const y = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const z = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ].map((part) => Math.min(1, Math.max(0, part)));
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

function contrast(one: string, other: string, theme: Theme): number {
  const [a, b] = [one, other].map((name) => luminance(tokens.get(name)?.[theme] ?? []) + 0.05);
  return Math.max(a ?? 0, b ?? 0) / Math.min(a ?? 1, b ?? 1);
}

const names = [...tokens.keys()];
const surfaces = names.filter((name) => name.startsWith('surface-'));
const texts = names.filter((name) => name.startsWith('text-') || name.endsWith('-text'));
const marks = names.filter(
  (name) => name.endsWith('-mark') || name === 'line-control' || name === 'focus-ring',
);

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  it.each(texts)('%s can be read on every surface', (text) => {
    for (const surface of surfaces)
      expect(contrast(text, surface, theme), surface).toBeGreaterThanOrEqual(4.5);
  });

  it.each(marks)('%s can be seen on every surface', (mark) => {
    for (const surface of surfaces) expect(contrast(mark, surface, theme), surface).toBeGreaterThanOrEqual(3);
  });

  it.each(['ok', 'warn', 'bad', 'info', 'learn', 'idle'])('%s text can be read on its own tint', (tone) => {
    expect(contrast(`${tone}-text`, `${tone}-tint`, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it('text on filled buttons can be read', () => {
    for (const fill of ['accent-solid', 'bad-solid'])
      expect(contrast('on-accent', fill, theme)).toBeGreaterThanOrEqual(4.5);
  });
});

it('all tokens were read, and the measure can fail', () => {
  expect([surfaces.length, texts.length]).toEqual([6, 11]);
  expect(contrast('surface-base', 'surface-canvas', 'light')).toBeLessThan(1.2);
});
