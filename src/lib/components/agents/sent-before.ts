/** What somebody has sent to an agent from this browser: the newest 50, nowhere else. */
const KEPT = 50;

const keyOf = (agentId: string) => `slipway-sent-${agentId}`;

/** Oldest first. */
export function sentBefore(
  agentId: string,
  storage: Pick<Storage, 'getItem'> = localStorage,
): readonly string[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keyOf(agentId)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

/** The same twice is kept once. A browser that keeps nothing is no reason not to send. */
export function keepSent(
  agentId: string,
  text: string,
  storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage,
): void {
  if (text.trim() === '') return;
  const before = sentBefore(agentId, storage).filter((each) => each !== text);
  try {
    storage.setItem(keyOf(agentId), JSON.stringify([...before, text].slice(-KEPT)));
  } catch {
    // it is full, or closed to us
  }
}
