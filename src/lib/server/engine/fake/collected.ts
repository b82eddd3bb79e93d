import { AppError } from '#lib/domain/errors.ts';
import { toAppError, type Doing } from '../docker/problems.ts';

/** All of a stream that is sent to the fake engine; what it throws ends the call, as for the real one. */
export async function collected(
  source: AsyncIterable<Buffer>,
  doing: Doing,
  signal?: AbortSignal,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  try {
    for await (const part of source) {
      signal?.throwIfAborted();
      parts.push(part);
    }
  } catch (error) {
    throw error instanceof AppError ? error : toAppError(error, doing);
  }
  return Buffer.concat(parts);
}
