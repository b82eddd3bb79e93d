import type { AgentView } from '#lib/protocol/views.ts';

export interface AgentFilter {
  readonly status?: readonly string[] | undefined;
  readonly type?: readonly string[] | undefined;
  readonly role?: readonly string[] | undefined;
  readonly host?: readonly string[] | undefined;
  /** `key` or `key=value`. */
  readonly tag?: readonly string[] | undefined;
  readonly q?: string | null | undefined;
}

/** Whether an agent is meant: one of each list, all tags, and the text in name, image, type or tags. */
export function matches(view: AgentView, filter: AgentFilter): boolean {
  const among = (wanted: readonly string[] | undefined, value: string | null) =>
    wanted === undefined || wanted.length === 0 || (value !== null && wanted.includes(value));
  const tagged = (wanted: string) => {
    const at = wanted.indexOf('=');
    if (at === -1) return Object.hasOwn(view.tags, wanted);
    const key = wanted.slice(0, at);
    return Object.hasOwn(view.tags, key) && view.tags[key] === wanted.slice(at + 1);
  };
  const q = filter.q?.trim().toLowerCase() ?? '';
  return (
    among(filter.status, view.status) &&
    among(filter.type, view.type) &&
    among(filter.role, view.role) &&
    among(filter.host, view.host) &&
    (filter.tag ?? []).every(tagged) &&
    (q === '' ||
      [
        view.name,
        view.image,
        view.type,
        ...Object.entries(view.tags).map(([key, value]) => `${key}=${value}`),
      ].some((text) => text.toLowerCase().includes(q)))
  );
}
