/** What somebody wants cleaned up: from the fields of the form or the address, to the input of a prune. Pure. */
export interface CleanupWish {
  readonly agents: boolean;
  readonly days: string;
  readonly images: boolean;
  readonly networks: boolean;
  readonly volumes: boolean;
}

export const CLEANUP_KINDS = ['images', 'networks', 'volumes'] as const;

const STANDARD: CleanupWish = { agents: true, days: '30', images: true, networks: true, volumes: false };

/** Before anybody looked everything that is safe is ticked. */
export function readWish(query: { get(name: string): unknown }): CleanupWish {
  if (query.get('look') === null) return STANDARD;
  const days = query.get('days');
  return {
    agents: query.get('agents') !== null,
    days: typeof days === 'string' ? days.trim() : STANDARD.days,
    images: query.get('images') !== null,
    networks: query.get('networks') !== null,
    volumes: query.get('volumes') !== null,
  };
}

/** The fields again, for hidden inputs. */
export function wishFields(wish: CleanupWish): Readonly<Record<string, string>> {
  const ticked = (['agents', ...CLEANUP_KINDS] as const).filter((kind) => wish[kind]);
  return { look: '1', days: wish.days, ...Object.fromEntries(ticked.map((kind) => [kind, '1'])) };
}

/** The input of the prune; null for days that are no number, or for nothing chosen. */
export function pruneOf(wish: CleanupWish): Readonly<Record<string, unknown>> | null {
  const days = /^\d{1,4}(?:\.\d+)?$/.test(wish.days) ? Number(wish.days) : null;
  if (wish.agents && days === null) return null;
  const kinds = CLEANUP_KINDS.filter((kind) => wish[kind]);
  if (!wish.agents && kinds.length === 0) return null;
  return {
    // at least a second: the prune knows no shorter time
    ...(wish.agents && days !== null ? { agentsOlderThan: Math.max(1, Math.round(days * 86_400)) } : {}),
    ...Object.fromEntries(kinds.map((kind) => [kind, true])),
  };
}

interface Found {
  readonly kind: string;
  readonly id: string;
  readonly host: string;
}

export function keyOf({ kind, id, host }: Found): string {
  return `${kind} ${host} ${id}`;
}

/** Whether everything that would go now was in the list that somebody saw. */
export function wasSeen(now: readonly Found[], seen: readonly string[]): boolean {
  const known = new Set(seen);
  return now.every((each) => known.has(keyOf(each)));
}
