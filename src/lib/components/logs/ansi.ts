/**
 * ANSI colour codes of one line as spans of text. Pure, and text stays text: a span holds characters, a class of ours and at most two
 * computed colours, never markup. The 16 colours are the `ansi-*` tokens; 256 and true colour keep their hue and are made readable by CSS.
 */
import { afterReturns, ESCAPE, hasCodes } from '#lib/domain/log-text.ts';

export interface AnsiSpan {
  readonly text: string;
  /** Classes of log.css: `a-red`, `b-red`, `a-b` (bold), `a-d` (dim), `a-i`, `a-u`, `a-s`; '' for plain. */
  readonly classes: string;
  /** `--fg:rgb(…);--bg:rgb(…)` for colours beyond the 16; '' without. */
  readonly style: string;
}

/** What stays switched on from one span to the next; a line starts from the end of the line before only where the caller says so. */
interface Pen {
  fg: Colour | null;
  bg: Colour | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
  inverse: boolean;
  hidden: boolean;
}

type Colour = { readonly name: string } | { readonly rgb: string };

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

const blank = (): Pen => ({
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
  hidden: false,
});

/** The spans of a line. A line without codes is one span, found without parsing. */
export function parseAnsi(text: string): readonly AnsiSpan[] {
  if (!hasCodes(text)) return [{ text, classes: '', style: '' }];
  const visible = afterReturns(text);
  const spans: AnsiSpan[] = [];
  const pen = blank();
  let from = 0;
  for (const match of visible.matchAll(ESCAPE)) {
    push(spans, visible.slice(from, match.index), pen);
    from = match.index + match[0].length;
    if (match[2] === 'm') apply(pen, match[1] ?? '');
  }
  push(spans, visible.slice(from), pen);
  return spans.length === 0 ? [{ text: '', classes: '', style: '' }] : spans;
}

function push(spans: AnsiSpan[], text: string, pen: Pen): void {
  if (text === '' || pen.hidden) return;
  const { classes, style } = dress(pen);
  const last = spans.at(-1);
  if (last !== undefined && last.classes === classes && last.style === style) {
    spans[spans.length - 1] = { text: last.text + text, classes, style };
  } else spans.push({ text, classes, style });
}

function dress(pen: Pen): { classes: string; style: string } {
  const fg = pen.inverse ? pen.bg : pen.fg;
  const bg = pen.inverse ? pen.fg : pen.bg;
  const classes: string[] = [];
  const styles: string[] = [];
  if (fg !== null) add(fg, 'a', '--fg');
  else if (pen.inverse) classes.push('a-ground');
  if (bg !== null) add(bg, 'b', '--bg');
  else if (pen.inverse) classes.push('b-ink');
  function add(colour: Colour, letter: 'a' | 'b', variable: string): void {
    if ('name' in colour) classes.push(`${letter}-${colour.name}`);
    else {
      classes.push(`${letter}-rgb`);
      styles.push(`${variable}:${colour.rgb}`);
    }
  }
  if (pen.bold) classes.push('a-b');
  if (pen.dim) classes.push('a-d');
  if (pen.italic) classes.push('a-i');
  if (pen.underline) classes.push('a-u');
  if (pen.strike) classes.push('a-s');
  return { classes: classes.join(' '), style: styles.join(';') };
}

const SWITCHES: Readonly<Record<number, Partial<Pen>>> = {
  0: blank(),
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  8: { hidden: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  28: { hidden: false },
  29: { strike: false },
  39: { fg: null },
  49: { bg: null },
};

function apply(pen: Pen, parameters: string): void {
  if (/[?<=>]/.test(parameters)) return;
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    const change = SWITCHES[code];
    if (change !== undefined) {
      Object.assign(pen, change);
      continue;
    }
    if (code === 38 || code === 48) {
      const [colour, used] = extended(codes, i + 1);
      if (colour !== null) pen[code === 38 ? 'fg' : 'bg'] = colour;
      i += used;
      continue;
    }
    const name = NAMES[code % 10];
    if (name === undefined) continue;
    // bright is the same hue in the heavier weight: the palette has eight colours that are all readable
    if (code >= 30 && code <= 37) pen.fg = { name };
    else if (code >= 40 && code <= 47) pen.bg = { name };
    else if (code >= 90 && code <= 97) Object.assign(pen, { fg: { name }, bold: true });
    else if (code >= 100 && code <= 107) pen.bg = { name };
  }
}

/** What follows 38 or 48: `5;n` or `2;r;g;b`. Gives the colour and how many codes it took. */
function extended(codes: readonly number[], at: number): readonly [Colour | null, number] {
  const kind = codes[at];
  if (kind === 5) return [indexed(codes[at + 1] ?? 0), 2];
  if (kind !== 2) return [null, 1];
  const rgb = codes.slice(at + 1, at + 4);
  if (rgb.length < 3 || rgb.some((value) => !(value >= 0 && value <= 255))) return [null, 4];
  return [{ rgb: `rgb(${rgb.join(' ')})` }, 4];
}

/** The 256-colour table: 16 names, a cube of 6 by 6 by 6, 24 greys. */
function indexed(n: number): Colour | null {
  if (!Number.isInteger(n) || n < 0 || n > 255) return null;
  if (n < 16) return { name: NAMES[n % 8] ?? 'white' };
  const grey = 8 + (n - 232) * 10;
  if (n >= 232) return { rgb: `rgb(${grey} ${grey} ${grey})` };
  const step = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const cube = n - 16;
  return { rgb: `rgb(${step(Math.floor(cube / 36))} ${step(Math.floor(cube / 6) % 6)} ${step(cube % 6)})` };
}
