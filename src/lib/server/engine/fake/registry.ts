import { createHash } from 'node:crypto';
import { formatImageReference, parseImageReference } from '#lib/domain/image-reference.ts';
import type { RegistryLogin, TransferProgress } from '../engine.ts';
import type { Clock } from './clock.ts';
import { tagOf, type Image, type ImageContent, type Layer } from './image.ts';
import { EngineRefusal } from './refusal.ts';

const PARTS = 4;
const PART_MS = 5;
const HUB = 'docker.io';

interface Transfer {
  readonly signal: AbortSignal;
  readonly login?: RegistryLogin | undefined;
  readonly report: (progress: TransferProgress) => void;
}

/** The registries of the world. One that holds nothing and was not opened cannot be reached, as on a machine without a network. */
export class Registry {
  readonly #clock: Clock;
  readonly #published = new Map<string, ImageContent>();
  readonly #open = new Set<string>();
  readonly #logins = new Map<string, RegistryLogin>();
  readonly #broken = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  publish(reference: string, content: ImageContent): void {
    this.#published.set(tagOf(reference), content);
    this.open(parseImageReference(reference).registry);
  }

  /** It can be reached, and takes what is pushed. */
  open(address: string): void {
    this.#open.add(address);
  }

  /** From now on it takes no other, for anything. */
  requireLogin(login: RegistryLogin): void {
    this.open(addressOf(login));
    this.#logins.set(addressOf(login), login);
  }

  /** A layer of this image breaks off in the middle. */
  breakLayer(reference: string): void {
    this.#broken.add(tagOf(reference));
  }

  check(login: RegistryLogin): void {
    const address = addressOf(login);
    this.#reach(address);
    if (!this.#lets(address, login)) {
      const words = `login attempt to http://${address}/v2/ failed with status: 401 Unauthorized`;
      throw new EngineRefusal(500, words);
    }
  }

  /** Gives what the image is, and its digest there. `here`: what the engine has already. */
  async pull(
    reference: string,
    here: readonly Image[],
    { signal, login, report }: Transfer,
  ): Promise<{ readonly content: ImageContent; readonly digest: string }> {
    const { registry, path, tag } = parseImageReference(reference);
    this.#reach(registry);
    this.#refuse(registry, login, 500, `Head "http://${registry}/v2/${path}/manifests/${tag ?? ''}": `);
    const content = this.#published.get(tagOf(reference));
    if (content === undefined) throw this.#missing(registry, path, tag ?? '');
    const digest = `sha256:${createHash('sha256').update(content.id).digest('hex')}`;
    report({ ...line(`Pulling from ${path}`), layer: tag });
    const known = here.some(({ id }) => id === content.id);
    if (!known) {
      const layers = here.flatMap((image) => image.layers.map((layer) => layer.digest));
      await this.#download(reference, content.layers, layers, signal, report);
    }
    report(line(`Digest: ${digest}`));
    const news = known ? 'Image is up to date' : 'Downloaded newer image';
    report(line(`Status: ${news} for ${tagOf(reference)}`));
    return { content, digest: formatImageReference({ registry, path, tag: null, digest }) };
  }

  async push(
    reference: string,
    image: Image | undefined,
    { signal, login, report }: Transfer,
  ): Promise<string> {
    const { registry, path, tag } = parseImageReference(reference);
    const repository = `${registry}/${path}`;
    this.#reach(registry);
    if (image === undefined)
      throw new EngineRefusal(200, `An image does not exist locally with the tag: ${repository}`);
    report(line(`The push refers to repository [${repository}]`));
    this.#refuse(registry, login, 200, '');
    for (const { digest, size } of image.layers) {
      const layer = digest.slice(7, 19);
      for (let part = 1; part <= PARTS; part += 1) {
        await this.#clock.wait(PART_MS, signal);
        signal.throwIfAborted();
        report({ layer, status: 'Pushing', current: (size * part) / PARTS, total: size });
      }
      report({ ...line('Pushed'), layer });
    }
    this.publish(reference, image);
    const digest = `sha256:${createHash('sha256').update(image.id).digest('hex')}`;
    report(line(`${tag ?? ''}: digest: ${digest} size: 527`));
    return formatImageReference({ registry, path, tag: null, digest });
  }

  async #download(
    reference: string,
    layers: readonly Layer[],
    known: readonly string[],
    signal: AbortSignal,
    report: Transfer['report'],
  ): Promise<void> {
    const short = ({ digest }: Layer) => digest.slice(7, 19);
    for (const layer of layers) {
      const status = known.includes(layer.digest) ? 'Already exists' : 'Pulling fs layer';
      report({ ...line(status), layer: short(layer) });
    }
    for (const layer of layers.filter(({ digest }) => !known.includes(digest))) {
      for (let part = 1; part <= PARTS; part += 1) {
        await this.#clock.wait(PART_MS, signal);
        signal.throwIfAborted();
        const current = (layer.size * part) / PARTS;
        report({ layer: short(layer), status: 'Downloading', current, total: layer.size });
        if (part === PARTS / 2 && this.#broken.has(tagOf(reference)))
          throw new EngineRefusal(200, `filesystem layer verification failed for digest ${layer.digest}`);
      }
      report({ ...line('Pull complete'), layer: short(layer) });
    }
  }

  #reach(registry: string): void {
    if (this.#open.has(registry)) return;
    throw new EngineRefusal(
      500,
      `Get "https://${registry}/v2/": dial tcp: lookup ${registry}: connection refused`,
    );
  }

  #refuse(registry: string, login: RegistryLogin | undefined, status: number, what: string): void {
    if (this.#lets(registry, login)) return;
    const words =
      login === undefined ? `${what}no basic auth credentials` : 'unauthorized: authentication required';
    throw new EngineRefusal(status, words);
  }

  #lets(registry: string, login: RegistryLogin | undefined): boolean {
    const wanted = this.#logins.get(registry);
    if (wanted === undefined) return true;
    return login?.username === wanted.username && login.password === wanted.password;
  }

  #missing(registry: string, path: string, tag: string): Error {
    const known = [...this.#published.keys()].some((each) => parseImageReference(each).path === path);
    return known || registry !== HUB
      ? new EngineRefusal(
          404,
          `manifest for ${registry}/${path}:${tag} not found: manifest unknown: manifest unknown`,
        )
      : new EngineRefusal(
          404,
          `pull access denied for ${path}, repository does not exist or may require 'docker login'`,
        );
  }
}

/** Docker Hub has an address of its own for logins. */
function addressOf({ serverAddress }: RegistryLogin): string {
  return /^https:\/\/index\.docker\.io\//.test(serverAddress) ? HUB : serverAddress;
}

function line(status: string): TransferProgress {
  return { layer: null, status, current: null, total: null };
}
