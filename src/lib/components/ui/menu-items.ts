import type { IconName } from './icon-names.ts';

/** One line of a menu. With `href` it is a link, with `submit` a button of a form (works without JavaScript), else `onselect` runs. */
export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  /** The key that does the same. */
  readonly keys?: string;
  /** It takes something away: broken-ink, and last in its menu. */
  readonly danger?: boolean;
  /** A hairline above it. */
  readonly divided?: boolean;
  readonly disabled?: boolean;
  readonly href?: string;
  /** The address is a file, no page. */
  readonly download?: true;
  readonly submit?: {
    readonly form: string;
    readonly action: string;
    readonly name?: string;
    readonly value?: string;
  };
  readonly onselect?: () => void;
}

const GAP = 4;

/** Where a panel of `size` goes for an anchor: under it with the right edges in line, above or from the left where there is no room. */
export function placeMenu(
  anchor: { left: number; right: number; top: number; bottom: number },
  size: { width: number; height: number },
  view: { width: number; height: number },
): { left: number; top: number } {
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - size.height;
  const top = below + size.height <= view.height || above < GAP ? below : above;
  const right = anchor.right - size.width;
  const left = right >= GAP ? right : anchor.left;
  return {
    left: Math.max(GAP, Math.min(left, view.width - size.width - GAP)),
    top: Math.max(GAP, Math.min(top, view.height - size.height - GAP)),
  };
}

/** The index that a key moves to in a menu of `count`, or null when the key is none of its own. */
export function moveInMenu(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return (at + 1) % count;
  if (key === 'ArrowUp') return (at - 1 + count) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return null;
}
