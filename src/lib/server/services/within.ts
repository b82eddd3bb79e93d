import { AppError } from '#lib/domain/errors.ts';

/** What the work gives, or OPERATION_TIMEOUT with `late` when it takes longer; the work goes on by itself then. */
export async function within<Value>(limitMs: number, work: Promise<Value>, late: string): Promise<Value> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    limit.reject(new AppError('OPERATION_TIMEOUT', late));
  }, limitMs);
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
