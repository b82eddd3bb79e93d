/** What the palette can find, and how well something fits what was typed. Pure. */
import type { IconName } from '../ui/icon-names.ts';
import type { Shape, Tone } from '../ui/state-shapes.ts';

export interface PaletteItem {
  readonly id: string;
  readonly group: 'agents' | 'pages' | 'actions';
  readonly label: string;
  /** Quieter words after the label; searched too. */
  readonly detail?: string;
  readonly icon?: IconName;
  readonly mark?: { readonly shape: Shape; readonly tone: Tone };
  readonly keys?: string;
  /** Where it leads. Without it, `run` acts. */
  readonly href?: string;
  readonly run?: () => void;
}

const AT_MOST = 40;
const GROUPS = ['agents', 'pages', 'actions'] as const;

/** 0: does not fit. Whole beginnings beat beginnings of a word, those beat anything inside, the label beats the detail. */
export function fit(item: Pick<PaletteItem, 'label' | 'detail'>, typed: string): number {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const label = item.label.toLowerCase();
  const detail = (item.detail ?? '').toLowerCase();
  let sum = 1;
  for (const word of words) {
    const at = label.indexOf(word);
    if (at === 0) sum += 4;
    else if (at > 0) sum += /[\s_./-]/.test(label.charAt(at - 1)) ? 3 : 2;
    else if (detail.includes(word)) sum += 1;
    else return 0;
  }
  return sum;
}

/** The groups that have something, each with its best first. Nothing typed: everything in the order given. */
export function find(
  items: readonly PaletteItem[],
  typed: string,
): readonly { readonly group: PaletteItem['group']; readonly items: readonly PaletteItem[] }[] {
  const scored = items
    .map((item, order) => ({ item, order, score: fit(item, typed) }))
    .filter((each) => each.score > 0)
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .slice(0, AT_MOST)
    .map((each) => each.item);
  const groups = GROUPS.map((group) => ({ group, items: scored.filter((item) => item.group === group) }));
  const best = (group: { items: readonly PaletteItem[] }) =>
    group.items[0] === undefined ? Infinity : scored.indexOf(group.items[0]);
  return groups
    .filter((group) => group.items.length > 0)
    .sort((a, b) => (typed.trim() === '' ? 0 : best(a) - best(b)));
}
