import { formatImageReference, parseImageReference } from '#lib/domain/image-reference.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type { ImageConfig, ImageFacts } from '../facts.ts';
import { COMMANDS, obedient } from './commands.ts';
import type { EventLog } from './event-log.ts';
import type { Program } from './process.ts';
import { refuseRemoval } from './image-removal.ts';
import { EngineRefusal } from './refusal.ts';

export interface ImageOptions {
  /** Default: a command of its own that obeys SIGTERM and else does nothing. */
  readonly cmd?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly env?: readonly string[];
  readonly labels?: Labels;
  readonly size?: number;
  readonly digests?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  /** `80/tcp` */
  readonly exposedPorts?: readonly string[];
  /** Paths that get an anonymous volume. */
  readonly volumes?: readonly string[];
  /** It says that it has one; nothing runs it. */
  readonly hasHealthcheck?: boolean;
  /** Commands that this image has besides those of COMMANDS. */
  readonly commands?: Readonly<Record<string, Program>>;
}

/** A container, as its image sees it. */
export interface ImageUser {
  readonly id: string;
  readonly alive: boolean;
}

export interface Image {
  readonly id: string;
  readonly tags: Set<string>;
  /** Known only of what came from a registry. */
  readonly digests: readonly string[];
  readonly createdAt: number;
  readonly size: number;
  readonly labels: Labels;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly config: Pick<ImageConfig, 'workdir' | 'user' | 'exposedPorts' | 'volumes' | 'hasHealthcheck'>;
  readonly commands: Readonly<Record<string, Program>>;
}

const OWN_COMMAND = '/usr/local/bin/agent';

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
    const {
      cmd = [OWN_COMMAND],
      entrypoint = [],
      env = [],
      labels = {},
      size = 8_000_000,
      commands = {},
    } = options;
    const own = [entrypoint[0], cmd[0]]
      .filter((name) => name !== undefined)
      .map((name): [string, Program] => [name, COMMANDS[name] ?? obedient]);
    const image: Image = {
      id: `sha256:${this.#newId()}`,
      tags: new Set(),
      digests: options.digests ?? [],
      createdAt: this.#now(),
      size,
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
      commands: { ...COMMANDS, ...Object.fromEntries(own), ...commands },
    };
    this.#images.set(image.id, image);
    this.tag(image, tagOf(reference));
    return image;
  }

  /** An image made from another one; without a tag it dangles. */
  derive(parent: Image, changes: Pick<Image, 'labels' | 'env' | 'entrypoint' | 'cmd' | 'size'>): Image {
    const image = {
      ...parent,
      ...changes,
      id: `sha256:${this.#newId()}`,
      tags: new Set<string>(),
      createdAt: this.#now(),
    };
    this.#images.set(image.id, image);
    return image;
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
      .map((image) => ({ ...toFacts(image), config: null }));
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

export function toFacts(image: Image): ImageFacts {
  return {
    id: image.id,
    tags: [...image.tags],
    digests: image.digests,
    size: image.size,
    createdAt: image.createdAt,
    labels: image.labels,
    config: {
      ...image.config,
      env: image.env,
      command: image.cmd.length === 0 ? null : image.cmd,
      entrypoint: image.entrypoint.length === 0 ? null : image.entrypoint,
    },
  };
}

/** The tag as the engine writes it: `nginx:latest`. What is no reference stays as it is, and is then not found. */
export function tagOf(reference: string): string {
  try {
    return formatImageReference(parseImageReference(reference));
  } catch {
    return reference;
  }
}
