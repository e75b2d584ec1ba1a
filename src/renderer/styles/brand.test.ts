import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// Read as files: Vitest takes style sheets for empty, however they are imported.
const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const brand = read('../../../resources/brand/brand.css');
const tokens = read('./tokens.css');

type Scheme = 'light' | 'dark';

/** Colours by the last part of their names, out of `--x-color-name: light-dark(#a, #b)` lines. */
function readColors(css: string, scheme: Scheme): ReadonlyMap<string, string> {
  const lines = css.matchAll(/--(?:brand|fl)-color-([\w-]+): light-dark\((#\w+), (#\w+)\)/g);
  return new Map(
    [...lines].map(([, name, light, dark]) => [name!, scheme === 'light' ? light! : dark!]),
  );
}

/** Relative luminance by WCAG 2.2, 0..1, of `#rgb` or `#rrggbb`. */
function luminance(color: string): number {
  const digits = color.slice(1);
  const hex = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter! + 0.05) / (darker! + 0.05);
}

/** What must be told apart, and the ratio for it (WCAG 2.2: 1.4.3 text, 1.4.11 controls). */
const PAIRS: readonly (readonly [string, string, 'text' | 'control'])[] = [
  ...['text', 'muted', 'danger', 'primary'].flatMap((name) => [
    [name, 'bg', 'text'] as const,
    [name, 'surface', 'text'] as const,
  ]),
  ['on-primary', 'primary', 'text'],
  ['surface', 'danger', 'text'],
  ['border', 'bg', 'control'],
  ['border', 'surface', 'control'],
];

/** Pairs that are too close, with their ratio; none is good. */
function tooClose(colors: ReadonlyMap<string, string>, least: { text: number; control: number }) {
  return PAIRS.map(([a, b, kind]) => {
    const ratio = contrast(colors.get(a)!, colors.get(b)!);
    return { pair: `${a} on ${b}`, ratio, enough: ratio >= least[kind] };
  }).filter(({ enough }) => !enough);
}

describe.each(['light', 'dark'] as const)('the %s colours', (scheme) => {
  it('of the brand have the contrast of WCAG AA', () => {
    expect(tooClose(readColors(brand, scheme), { text: 4.5, control: 3 })).toEqual([]);
  });

  it('of high contrast have that of AAA', () => {
    expect(tooClose(readColors(tokens, scheme), { text: 7, control: 7 })).toEqual([]);
  });
});

it('computes contrast as WCAG does', () => {
  expect(contrast('#fff', '#000000')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
