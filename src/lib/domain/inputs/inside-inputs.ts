/** What reaches into an agent takes: terminals, programs, messages. */
import { z } from 'zod';
import { line, text } from './primitives.ts';

const MAX_INPUT_CHARACTERS = 8 * 1024 ** 2;

const command = z
  .array(text(131_072), 'must be a list of words: ["sh", "-c", "…"]')
  .min(1, 'must name a program')
  .max(1_000);
const size = z.int().min(1).max(1_000);

export const terminalInput = z.strictObject({
  /** Left out: bash, or sh where there is none. */
  command: command.optional(),
  /** The main process instead of a program beside it. */
  attach: z.boolean().default(false),
  user: line(256).optional(),
  workdir: line(4_096).optional(),
  columns: size.default(80),
  rows: size.default(24),
  record: z.boolean().default(false),
});

export const execInput = z.strictObject({
  command,
  env: z.record(z.string().regex(/^[^=\0]+$/, 'must be a name'), text(131_072)).default({}),
  workdir: line(4_096).optional(),
  user: line(256).optional(),
  /** Its whole standard input; left out: none. */
  stdin: text(MAX_INPUT_CHARACTERS).optional(),
  /** Milliseconds; past them it is ended. */
  timeout: z.int().min(1).max(3_600_000).default(60_000),
  /** Answer line by line, as it comes. */
  stream: z.boolean().default(false),
});
export type ExecInput = z.output<typeof execInput>;

export const messageInput = z.strictObject({
  message: z.string().max(MAX_INPUT_CHARACTERS, 'is too long'),
  expectResponse: z.boolean().default(false),
  /** Milliseconds to wait for the response. */
  timeout: z.int().min(1).max(3_600_000).default(30_000),
  /** The response is over when a line of it matches; left out: when nothing comes for a while. */
  pattern: z.string().min(1).max(1_000).optional(),
  /** Milliseconds without output after which the response is over. */
  quiet: z.int().min(10).max(600_000).default(1_000),
});
