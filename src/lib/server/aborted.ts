/**
 * Whether a signal has ended by now. A plain `signal.aborted` after an earlier test of it is taken for settled by the type checker, whatever
 * was awaited in between.
 */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
