/** Two texts, compared line by line. */
import { isUtf8 } from 'node:buffer';
import { structuredPatch } from 'diff';
import type { DiffLine } from '#lib/domain/diff/side-by-side.ts';
import type { DiffHunk, FileComparison, FileSideView } from '#lib/protocol/changes.ts';

const CONTEXT_LINES = 3;
const MOST_LINES = 5_000;
/** More than this many lines that went or came are not compared; nor what takes longer: nothing else is served meanwhile. */
const MOST_EDITS = 10_000;
const TIMEOUT_MS = 300;

/** No NUL, and UTF-8. */
export function isText(bytes: Buffer): boolean {
  return !bytes.includes(0) && isUtf8(bytes);
}

/** How its lines end; nulls for no text. */
export function lineFacts(bytes: Buffer | null): Pick<FileSideView, 'lineEnds' | 'endsWithNewline'> {
  if (bytes === null || bytes.length === 0 || !isText(bytes))
    return { lineEnds: null, endsWithNewline: null };
  const text = bytes.toString();
  const all = text.match(/\n/g)?.length ?? 0;
  const crlf = text.match(/\r\n/g)?.length ?? 0;
  const lineEnds = all === 0 ? null : crlf === 0 ? 'lf' : crlf === all ? 'crlf' : 'mixed';
  return { lineEnds, endsWithNewline: text.endsWith('\n') };
}

/** Texts that are not there are empty. */
export function compareTexts(before: string, after: string): FileComparison {
  if (before === after) return { kind: 'same' };
  if (before === '' || after === '') return shown([wholeHunk(before, after)]);
  const options = { context: CONTEXT_LINES, timeout: TIMEOUT_MS, maxEditLength: MOST_EDITS };
  const patch = structuredPatch('', '', before, after, undefined, undefined, options);
  if (patch === undefined) return { kind: 'too-different' };
  return shown(
    patch.hunks.map(({ oldStart, newStart, lines }) => ({
      beforeStart: oldStart,
      afterStart: newStart,
      lines: numbered(oldStart, newStart, lines.filter(isLine)),
    })),
  );
}

/** All lines of a text that came or went. */
function wholeHunk(before: string, after: string): DiffHunk {
  const sign = before === '' ? '+' : '-';
  const lines = (before + after).replace(/\n$/, '').split('\n');
  return {
    beforeStart: 1,
    afterStart: 1,
    lines: numbered(
      1,
      1,
      lines.map((line) => sign + line),
    ),
  };
}

function shown(hunks: readonly DiffHunk[]): FileComparison {
  let left = MOST_LINES;
  const cut = hunks.flatMap((hunk) => {
    if (left <= 0) return [];
    const lines = hunk.lines.slice(0, left);
    left -= lines.length;
    return [{ ...hunk, lines }];
  });
  return {
    kind: 'text',
    hunks: cut,
    truncated: hunks.reduce((sum, { lines }) => sum + lines.length, 0) > MOST_LINES,
  };
}

/** What begins with a backslash is a note of the format: that the last line has no end. */
function isLine(line: string): boolean {
  return !line.startsWith('\\');
}

const KINDS: Readonly<Record<string, DiffLine['kind']>> = { '-': 'removed', '+': 'added' };

function numbered(oldStart: number, newStart: number, lines: readonly string[]): readonly DiffLine[] {
  let [before, after] = [oldStart, newStart];
  return lines.map((line) => {
    const kind = KINDS[line.charAt(0)] ?? 'same';
    return {
      kind,
      text: line.slice(1),
      before: kind === 'added' ? null : before++,
      after: kind === 'removed' ? null : after++,
    };
  });
}
