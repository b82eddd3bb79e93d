/** Addresses of an agent's files: of the page, and of the API behind it. */
type Part = Readonly<Record<string, string | number | null | undefined>>;

export interface FileAddress {
  readonly page: string;
  readonly api: string;
}

export function fileAddress(agentId: string): FileAddress {
  const page = `/agents/${encodeURIComponent(agentId)}/files`;
  return { page, api: `/api${page}` };
}

export function pageHref({ page }: FileAddress, part: Part): string {
  return `${page}?${queryOf(part)}`;
}

/** `below`: `/content`, `/archive`, … */
export function apiHref({ api }: FileAddress, below: string, part: Part): string {
  return `${api}${below}?${queryOf(part)}`;
}

function queryOf(part: Part): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(part))
    if (value != null && value !== '') query.set(name, String(value));
  return query.toString();
}
