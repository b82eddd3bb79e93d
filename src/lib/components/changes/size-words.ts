import { formatBytes } from '#lib/domain/quantities.ts';
import type { ChangeItem } from '#lib/protocol/changes.ts';

/** By how much a path has changed: `+4 KiB`, `2 KiB, was 1 KiB`; of a folder what came and went in it. Empty: not known, or nothing. */
export function sizeWords({ kind, before, after, within }: ChangeItem): string {
  if (within !== null) {
    const { bytesAdded, bytesRemoved } = within;
    return [
      ...(bytesAdded === 0 ? [] : [`+${formatBytes(bytesAdded)}`]),
      ...(bytesRemoved === 0 ? [] : [`\u2212${formatBytes(bytesRemoved)}`]),
    ].join(' ');
  }
  const [old, now] = [before, after].map((state) => (state?.type === 'file' ? state.size : null));
  if (kind === 'added') return now == null ? '' : `+${formatBytes(now)}`;
  if (kind === 'deleted') return old == null ? '' : `\u2212${formatBytes(old)}`;
  if (now == null) return '';
  return old == null || old === now ? formatBytes(now) : `${formatBytes(now)}, was ${formatBytes(old)}`;
}
