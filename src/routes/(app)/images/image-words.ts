import type { ImageView } from '#lib/protocol/images.ts';
import { im } from '#lib/text/en-images.ts';

/** Twelve digits, as the docker command line shows it. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}

export function imageTitle({ tags, id }: Pick<ImageView, 'tags' | 'id'>): string {
  return tags[0] ?? shortId(id);
}

export function imageHref({ id, host }: Pick<ImageView, 'id' | 'host'>): string {
  return `/images/${id.replace(/^sha256:/, '')}?host=${encodeURIComponent(host)}`;
}

/** What an image is for beside its agents: `type shell`, `snapshot of fox`, `2 other containers`. */
export function otherUses({ types, snapshot, containers }: ImageView): readonly string[] {
  return [
    ...(types.length === 0 ? [] : [im.list.type(types.join(', '))]),
    ...(snapshot === null ? [] : [im.list.snapshotOf(snapshot.agent.name)]),
    ...(containers.length === 0 ? [] : [im.list.containers(containers.length)]),
  ];
}

/** Those that have what was typed in a name, the id, the host or an agent's name. */
export function filterImages(images: readonly ImageView[], typed: string): readonly ImageView[] {
  const q = typed.trim().toLowerCase();
  return images.filter(({ tags, id, host, agents }) =>
    [...tags, id, host, ...agents.map((each) => each.name)].some((text) => text.toLowerCase().includes(q)),
  );
}
