/** Which keys mean what. Pure: the parts ask with an event and act on the answer. */

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly defaultPrevented?: boolean;
  readonly target: EventTarget | null;
}

/** True while a person writes: single letters are text then. */
export function isTyping(target: EventTarget | null): boolean {
  if (typeof HTMLElement === 'undefined' || !(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && (target.type === 'checkbox' || target.type === 'radio'))
    return false;
  return (
    target.isContentEditable ||
    /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('dialog, [popover]') !== null
  );
}

/** The keys that work on every page: Ctrl or Cmd K, `/`, `?`. */
export function shellKey(event: Key): 'palette' | 'search' | 'help' | null {
  if (event.defaultPrevented === true) return null;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') return 'palette';
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return null;
  if (event.key === '/') return 'search';
  return event.key === '?' ? 'help' : null;
}

export type ListKey = 'next' | 'previous' | 'open' | 'log' | 'terminal' | 'toggle' | 'select' | 'clear';

const LIST_KEYS: Readonly<Record<string, ListKey>> = {
  j: 'next',
  k: 'previous',
  Enter: 'open',
  l: 'log',
  t: 'terminal',
  s: 'toggle',
  x: 'select',
  Escape: 'clear',
};

/** The keys of a list with rows. Enter belongs to the button or link that has the focus. */
export function listKey(event: Key): ListKey | null {
  if (
    event.defaultPrevented === true ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    isTyping(event.target)
  )
    return null;
  const busy =
    typeof HTMLElement !== 'undefined' &&
    event.target instanceof HTMLElement &&
    /^(?:A|BUTTON|SUMMARY)$/.test(event.target.tagName);
  if (busy && event.key === 'Enter') return null;
  return LIST_KEYS[event.key] ?? null;
}
