/** The menu of a log: what is not needed all the time. Pure. */
import { v } from '#lib/text/en-logview.ts';
import type { MenuItem } from '../ui/menu-items.ts';
import { timeAfter, type TimeMode } from './log-entry.ts';
import { STREAM_WISHES, type LogWish, type StreamWish } from './log-filter.ts';

interface Wanted {
  readonly agentId: string | null;
  readonly wish: LogWish;
  readonly text: string;
  readonly isFiltered: boolean;
  readonly isFull: boolean;
  /** A phone: times and wrap have no button. */
  readonly isNarrow: boolean;
  readonly time: TimeMode;
  readonly wrap: boolean;
  readonly ontime: () => void;
  readonly onwrap: () => void;
  readonly onstream: (stream: StreamWish) => void;
  readonly onclear: () => void;
  readonly onfull: () => void;
}

export function logMenu(wanted: Wanted): readonly MenuItem[] {
  const { agentId, wish, text, isFiltered, isFull } = wanted;
  const items: MenuItem[] = STREAM_WISHES.filter((stream) => stream !== wish.stream).map((stream) => ({
    id: stream,
    label: v.streams[stream],
    icon: 'levels',
    onselect: () => {
      wanted.onstream(stream);
    },
  }));
  if (wanted.isNarrow)
    items.push(
      { id: 'time', label: v.timesAs(timeAfter(wanted.time)), icon: 'clock', onselect: wanted.ontime },
      { id: 'wrap', label: wanted.wrap ? v.unwrap : v.wrap, icon: 'wrap', onselect: wanted.onwrap },
    );
  items.push(
    { id: 'clear', label: v.clear, icon: 'clean', divided: true, onselect: wanted.onclear },
    {
      id: 'full',
      label: isFull ? v.unfull : v.full,
      icon: 'desktop',
      onselect: wanted.onfull,
    },
  );
  if (agentId === null) return items;
  items.push({
    id: 'all',
    label: v.searchAll,
    icon: 'search',
    divided: true,
    href: searchAddress(agentId, text),
  });
  const file = (query: Readonly<Record<string, string>>) =>
    `/api/agents/${agentId}/logs?${new URLSearchParams(query)}`;
  const download = (
    id: keyof typeof v.downloads,
    query: Readonly<Record<string, string>>,
    divided = false,
  ) => {
    items.push({ id, label: v.downloads[id], icon: 'download', href: file(query), download: true, divided });
  };
  download('text', { download: 'text' }, true);
  download('jsonl', { download: 'jsonl' });
  download('gzip', { download: 'text', gzip: 'true' });
  if (isFiltered) download('filtered', { download: 'text', ...filterQuery(wish) });
  return items;
}

/** Where everything that is kept of an agent is searched. */
export function searchAddress(agentId: string, text: string): string {
  return `/logs?${new URLSearchParams({ agent: agentId, ...(text === '' ? {} : { q: text }) })}`;
}

/** What the server filters a download by. Fields are found by their words: it knows no JSON. */
function filterQuery({ levels, stream, words, mode, fields }: LogWish): Readonly<Record<string, string>> {
  return {
    ...(levels.length === 0 ? {} : { levels: levels.join(',') }),
    ...(stream === 'both' ? {} : { stream }),
    ...(words !== null && mode !== 'find' ? { q: words.text } : {}),
    ...(words !== null && mode === 'without' ? { inverse: 'true' } : {}),
    ...(words === null && fields[0] !== undefined ? { q: fields[0].value } : {}),
  };
}
