/** What the keys of a log do, while nobody writes. */
import { isTyping } from '../shell/keys.ts';

export type LogAction =
  'next' | 'previous' | 'top' | 'follow' | 'down' | 'up' | 'open' | 'copy' | 'link' | 'wrap' | 'leave';

const KEYS: Readonly<Record<string, LogAction>> = {
  n: 'next',
  N: 'previous',
  g: 'top',
  G: 'follow',
  End: 'follow',
  j: 'down',
  k: 'up',
  Enter: 'open',
  c: 'copy',
  y: 'link',
  w: 'wrap',
  Escape: 'leave',
};

export function logAction(event: {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}): LogAction | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  // with Shift it chooses text to the end
  if (event.key === 'End' && event.shiftKey) return null;
  return KEYS[event.key] ?? null;
}

/** Keys pressed in the frame of a log count, and those pressed nowhere when it is the page's one log. */
export function pressLogKey(
  event: KeyboardEvent,
  frame: HTMLElement,
  isMain: boolean,
  actions: Readonly<Record<LogAction, () => void>>,
): void {
  const { target } = event;
  if (event.defaultPrevented || isTyping(target) || !(target instanceof Element)) return;
  // what is open above the log has keys of its own, Escape above all
  if (target.closest('dialog, [popover]') !== null) return;
  if (!frame.contains(target) && !(isMain && target === document.body)) return;
  const action = logAction(event);
  // Enter belongs to the button or link that has the focus
  if (action === null || (event.key === 'Enter' && target.closest('a, button, summary') !== null)) return;
  event.preventDefault();
  actions[action]();
}
