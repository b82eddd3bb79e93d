/** Lines of an agent at work: colours, levels, a stack, markup that must stay text, a long line. */
import type { LogLine } from '#lib/protocol/log-line.ts';
import { NOW } from './fixtures.ts';

const MIN = 60_000;

const TEXTS = [
  '\u001b[36m●\u001b[0m I will check why the reconciler misses a rename.',
  '\u001b[36m●\u001b[0m \u001b[1mBash\u001b[0m(git log --oneline -3)',
  '  \u001b[33m3f9c1e2\u001b[0m engine: treat rename as an event',
  '  \u001b[33mb07d4aa\u001b[0m engine: one transition table',
  '  \u001b[33m91c2d55\u001b[0m logs: exact across a crash',
  '\u001b[36m●\u001b[0m \u001b[1mUpdate\u001b[0m(src/lib/server/engine/reconcile.ts)',
  '  \u001b[32m+  if (ev.Action === "rename") return applyRename(ev);\u001b[0m',
  '  \u001b[31m-  // ignored: the next sweep will find it\u001b[0m',
  '\u001b[36m●\u001b[0m \u001b[1mBash\u001b[0m(pnpm vitest run engine)',
  '{"level":"warn","msg":"late event dropped","agent":"pale-comet"}',
  ' \u001b[41;1m FAIL \u001b[0m engine/reconcile.test.ts > keeps history after a rename',
  "AssertionError: expected 'pale-comet' to be 'pale-comet-2'",
  '    at applyRename (src/lib/server/engine/reconcile.ts:118:11)',
  ' \u001b[32m✓\u001b[0m engine/transitions.test.ts \u001b[2m(42 tests) 118 ms\u001b[0m',
  'Tests  \u001b[31m1 failed\u001b[0m | \u001b[32m213 passed\u001b[0m (214)',
  'colours: \u001b[38;5;208m256 orange\u001b[0m \u001b[38;2;120;200;255mtrue sky\u001b[0m \u001b[48;2;20;20;90m ground \u001b[0m \u001b[7m inverse \u001b[0m \u001b[94mbright blue\u001b[0m',
  '<img src=x onerror="alert(1)"> is text',
  'A line that is long enough to leave the page at its right edge: ' +
    'the quick brown fox jumps over the lazy dog, '.repeat(6),
] as const;

export function logLines(count: number, from = 0): LogLine[] {
  return Array.from({ length: count }, (_, i): LogLine => {
    const seq = from + i;
    const groupAt = NOW - 6 * MIN + Math.floor(seq / 2) * 190;
    return {
      seq,
      time: `${new Date(groupAt).toISOString().slice(0, -1)}123456Z`,
      stream: seq % 17 === 0 ? 'stderr' : 'stdout',
      text: TEXTS[seq % TEXTS.length] ?? '',
    };
  });
}
