import type { UnmanagedView } from '#lib/protocol/views.ts';

/** Those that have what was typed in name, image, host, status or ports. Pure. */
export function filterUnmanaged(
  containers: readonly UnmanagedView[],
  typed: string,
): readonly UnmanagedView[] {
  const q = typed.trim().toLowerCase();
  return containers.filter(({ name, image, host, statusText, ports }) =>
    [name, image, host, statusText, ...ports].some((text) => text.toLowerCase().includes(q)),
  );
}
