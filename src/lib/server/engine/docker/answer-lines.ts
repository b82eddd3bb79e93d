import type { TransferProgress } from '../image-facts.ts';
import { jsonLines } from './json-lines.ts';
import { number, object, text } from './shapes.ts';

export type AnswerLine = Readonly<Record<string, unknown>>;

/** The lines of a long call. A failure comes as one of them, under status 200: it is thrown. */
export async function* answerLines(answer: AsyncIterable<Buffer>): AsyncGenerator<AnswerLine> {
  for await (const line of jsonLines(answer)) {
    const failure = line['error'];
    if (typeof failure === 'string') throw Object.assign(new Error(failure), { statusCode: 200 });
    yield line;
  }
}

export function transferProgress(line: AnswerLine): TransferProgress {
  const detail = object(line['progressDetail']);
  return {
    layer: text(line['id']) || null,
    status: text(line['status']),
    current: number(detail['current']),
    total: number(detail['total']),
  };
}
