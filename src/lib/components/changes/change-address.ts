/** Addresses of a comparison: what is compared stays, which part of it is shown changes. */
export interface ChangeAddress {
  /** Of the page, without a query. */
  readonly page: string;
  /** Of the API, without a query: `/api/agents/<id>/changes`. */
  readonly api: string;
  /** What is compared: `against`, or `from` and `to`. */
  readonly compared: Readonly<Record<string, string>>;
  /** The page of the files as they are now, where one of the two is that. */
  readonly files?: string;
}

type Part = Readonly<Record<string, string | null | undefined>>;

export function pageHref({ page, compared }: ChangeAddress, part: Part): string {
  return `${page}?${queryOf(compared, part)}`;
}

export function apiHref({ api, compared }: ChangeAddress, part: Part, below = ''): string {
  return `${api}${below}?${queryOf(compared, part)}`;
}

function queryOf(compared: Part, part: Part): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...compared, ...part }))
    if (value != null && value !== '') query.set(name, value);
  return query.toString();
}

/** The folders above a path, the root first. */
export function foldersAbove(path: string): readonly { readonly path: string; readonly name: string }[] {
  const names = path.split('/').filter((name) => name !== '');
  return names.map((name, at) => ({ name, path: `/${names.slice(0, at + 1).join('/')}` }));
}
