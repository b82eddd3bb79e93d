import type { ImageFacts } from '../facts.ts';
import { COMMANDS, obedient } from './commands.ts';
import type { EventLog } from './event-log.ts';
import { Files } from './files.ts';
import { refuseRemoval } from './image-removal.ts';
import {
  tagOf,
  toFacts,
  type Image,
  type ImageContent,
  type ImageOptions,
  type Layer,
  type Step,
} from './image.ts';
import type { Program } from './process.ts';
import { EngineRefusal } from './refusal.ts';

/** A container, as its image sees it. */
export interface ImageUser {
  readonly id: string;
  readonly alive: boolean;
}

/** What an image has that was made from another one. */
interface Derivation extends Partial<Omit<ImageContent, 'id' | 'createdAt' | 'layers' | 'steps'>> {
  readonly createdBy: string;
  readonly size: number;
}

const OWN_COMMAND = '/usr/local/bin/agent';
const DEFAULT_SIZE = 8_000_000;

/** The images of one fake engine, by id and by tag. */
export class Images {
  readonly #events: EventLog;
  readonly #newId: () => string;
  readonly #now: () => number;
  readonly #images = new Map<string, Image>();

  constructor(events: EventLog, newId: () => string, now: () => number) {
    this.#events = events;
    this.#newId = newId;
    this.#now = now;
  }

  /** Puts an image under a tag, which an older one loses. */
  add(reference: string, options: ImageOptions = {}): Image {
    const image = this.take(this.content(options), options.digests);
    this.tag(image, tagOf(reference));
    return image;
  }

  /** What an image of these options is; each time another one. */
  content(options: ImageOptions): ImageContent {
    const { cmd = [OWN_COMMAND], entrypoint = [], env = [], labels = {}, commands = {} } = options;
    const layer: Layer = { digest: `sha256:${this.#newId()}`, size: options.size ?? DEFAULT_SIZE };
    const id = `sha256:${this.#newId()}`;
    return {
      id,
      createdAt: this.#now(),
      labels,
      env,
      entrypoint,
      cmd,
      config: {
        workdir: options.workdir ?? null,
        user: options.user ?? null,
        exposedPorts: options.exposedPorts ?? [],
        volumes: options.volumes ?? [],
        hasHealthcheck: options.hasHealthcheck ?? false,
      },
      commands: { ...COMMANDS, ...ownPrograms(entrypoint, cmd), ...commands },
      layers: [layer],
      steps: [this.step(id, id, '', layer)],
      files: new Files(),
    };
  }

  /** An image from elsewhere: the one that is here already, when it is the same. Without a tag it dangles. */
  take(content: ImageContent, digests: readonly string[] = []): Image {
    const image = this.#images.get(content.id) ?? { ...content, tags: new Set(), digests: new Set() };
    for (const digest of digests) image.digests.add(digest);
    this.#images.set(image.id, image);
    return image;
  }

  /** An image made from another one; without a tag it dangles. */
  derive(parent: Image, { createdBy, size, ...changes }: Derivation): Image {
    const id = `sha256:${this.#newId()}`;
    const layer: Layer = { digest: `sha256:${this.#newId()}`, size };
    return this.take({
      ...parent,
      ...changes,
      id,
      createdAt: this.#now(),
      layers: [...parent.layers, layer],
      steps: [...parent.steps, this.step(id, id, createdBy, layer)],
    });
  }

  step(id: string, key: string, createdBy: string, layer: Layer | null): Step {
    return { id, key, createdBy, createdAt: this.#now(), layer };
  }

  newId(): string {
    return `sha256:${this.#newId()}`;
  }

  all(): readonly Image[] {
    return [...this.#images.values()];
  }

  tag(image: Image, tag: string): void {
    for (const other of this.#images.values()) other.tags.delete(tag);
    image.tags.add(tag);
    this.#events.emit('image', 'tag', image.id, { ...image.labels, name: tag });
  }

  /** By tag, id, or the beginning of an id. */
  find(reference: string): Image | undefined {
    const all = [...this.#images.values()];
    const byId = all.filter(
      ({ id }) =>
        id === reference || (/^[0-9a-f]{4,}$/.test(reference) && id.startsWith(`sha256:${reference}`)),
    );
    return byId.length === 1 ? byId[0] : all.find(({ tags }) => tags.has(tagOf(reference)));
  }

  list(dangling?: boolean): readonly ImageFacts[] {
    return [...this.#images.values()]
      .reverse()
      .filter(({ tags }) => dangling === undefined || (tags.size === 0) === dangling)
      .map((image) => ({ ...toFacts(image), layers: null, platform: null, config: null }));
  }

  /** By force an image goes although containers were made from it, but for those that run it only loses its tags. */
  remove(reference: string, force: boolean, usersOf: (image: Image) => readonly ImageUser[]): void {
    const image = this.find(reference);
    if (image === undefined) throw new EngineRefusal(404, `No such image: ${reference}`);
    const tag = image.tags.has(tagOf(reference)) ? tagOf(reference) : null;
    const users = usersOf(image);
    const running = users.find(({ alive }) => alive);
    if (tag === null || image.tags.size === 1)
      refuseRemoval(image, reference, tag, force, running ?? users[0]);
    for (const each of tag === null ? [...image.tags] : [tag]) {
      image.tags.delete(each);
      this.#events.emit('image', 'untag', image.id, { ...image.labels, name: image.id });
    }
    if (image.tags.size > 0 || running !== undefined) return;
    this.#images.delete(image.id);
    this.#events.emit('image', 'delete', image.id, { name: image.id });
  }
}

export function ownPrograms(
  entrypoint: readonly string[],
  cmd: readonly string[],
): Readonly<Record<string, Program>> {
  const names = [entrypoint[0], cmd[0]].filter((name) => name !== undefined);
  return Object.fromEntries(names.map((name) => [name, COMMANDS[name] ?? obedient]));
}
