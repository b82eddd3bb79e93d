import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const APP_CSS = 'src/app.css';
const css = readFileSync(APP_CSS, 'utf8');

/** The declarations of the block that follows `opening`. */
function block(opening: string): Map<string, string> {
  const from = css.indexOf(opening);
  expect(from, opening).toBeGreaterThan(-1);
  const body = css.slice(from + opening.length, css.indexOf('}', from));
  const declarations = body.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/([\w-]+):\s*([^;]+);/g);
  return new Map(
    [...declarations].map(([, name = '', value = '']) => [name, value.replace(/\s+/g, ' ').trim()]),
  );
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:svelte|css|ts|html)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** sRGB contrast of two hex colours, WCAG 2. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [r = 0, g = 0, blue = 0] = [1, 3, 5].map((at) => {
      const value = parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe('the tokens', () => {
  const light = block('@theme static {');
  const dark = block(":root[data-theme='dark'] {");
  const system = block(":root:not([data-theme='light']) {");

  it('say the same for a dark theme that was chosen and for a dark system', () => {
    expect(Object.fromEntries(system)).toEqual(Object.fromEntries(dark));
  });

  it('have a dark value for every colour', () => {
    const colours = [...light.keys()].filter((name) => name.startsWith('--color-') && name !== '--color-*');
    expect(colours.filter((name) => !dark.has(name))).toEqual([]);
  });

  it('are plain hex, so that charts and terminals can read them', () => {
    for (const tokens of [light, dark]) {
      for (const [name, value] of tokens)
        if (name.startsWith('--color-')) expect(value, name).toMatch(/^#[0-9a-f]{6}$/);
    }
  });

  it.each([
    ['light', light],
    ['dark', dark],
  ])('are readable in the %s theme', (_, tokens) => {
    const colour = (name: string) => tokens.get(`--color-${name}`) ?? '';
    const surfaces = ['surface-0', 'surface-1', 'surface-2', 'surface-raised'];
    for (const ink of [
      'ink-1',
      'ink-2',
      'ink-3',
      'accent-ink',
      'need-ink',
      'broken-ink',
      'work-ink',
      'ready-ink',
    ]) {
      for (const surface of surfaces) {
        expect(contrast(colour(ink), colour(surface)), `${ink} on ${surface}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(colour('on-accent'), colour('accent')), 'the primary button').toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour('control'), colour('surface-1')), 'the bound of an input').toBeGreaterThanOrEqual(
      3,
    );
  });
});

describe('raw colours', () => {
  it(`stand in ${APP_CSS} and nowhere else`, () => {
    const raw =
      /#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b(?![-\w])|\b(?:rgb|rgba|hsl|hsla|oklch|oklab)\(\s*[\d.]/i;
    const found = sourceFiles('src')
      .filter((file) => file !== APP_CSS && !/\.test\.ts$|routes\/dev\//.test(file))
      .flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .map((line, i) => ({ where: `${file}:${i + 1}`, line }))
          .filter(
            ({ line }) => /\.(?:css|svelte|html)$/.test(file) || /['"`][^'"`]*#|rgb|hsl|oklch/.test(line),
          )
          .filter(({ line }) => raw.test(line))
          .map(({ where }) => where),
      );
    expect(found).toEqual([]);
  });
});
