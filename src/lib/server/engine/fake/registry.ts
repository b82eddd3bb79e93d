import { createHash } from 'node:crypto';
import { formatImageReference, parseImageReference } from '#lib/domain/image-reference.ts';
import type { PullProgress } from '../engine.ts';
import type { Clock } from './clock.ts';
import { tagOf, type ImageOptions } from './images.ts';
import { EngineRefusal } from './refusal.ts';

const LAYERS = ['3f4ca61aafcd', '8b1e4f0c1a2d'] as const;
const LAYER_BYTES = 4_000_000;
const PARTS = 4;
const PART_MS = 5;

/** What can be pulled. A registry that holds nothing is one that cannot be reached, as on a machine without a network. */
export class Registry {
  readonly #clock: Clock;
  readonly #published = new Map<string, ImageOptions>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  publish(reference: string, options: ImageOptions): void {
    this.#published.set(tagOf(reference), options);
  }

  /** Gives what the image is made of. */
  async pull(
    reference: string,
    signal: AbortSignal,
    report: (progress: PullProgress) => void,
  ): Promise<ImageOptions> {
    const { registry, path, tag } = parseImageReference(reference);
    const found = this.#published.get(tagOf(reference));
    if (found === undefined) throw this.#missing(registry, path, tag ?? '');
    report({ layer: tag, status: `Pulling from ${path}`, current: null, total: null });
    for (const layer of LAYERS) report({ layer, status: 'Pulling fs layer', current: null, total: null });
    for (const layer of LAYERS) {
      for (let part = 1; part <= PARTS; part += 1) {
        await this.#clock.wait(PART_MS, signal);
        signal.throwIfAborted();
        report({ layer, status: 'Downloading', current: (LAYER_BYTES * part) / PARTS, total: LAYER_BYTES });
      }
      report({ layer, status: 'Pull complete', current: null, total: null });
    }
    report({
      layer: null,
      status: `Status: Downloaded newer image for ${tagOf(reference)}`,
      current: null,
      total: null,
    });
    const digest = createHash('sha256').update(tagOf(reference)).digest('hex');
    return {
      digests: [formatImageReference({ registry, path, tag: null, digest: `sha256:${digest}` })],
      ...found,
    };
  }

  #missing(registry: string, path: string, tag: string): Error {
    const reachable = [...this.#published.keys()].some(
      (each) => parseImageReference(each).registry === registry,
    );
    if (!reachable)
      return new EngineRefusal(
        500,
        `Get "https://${registry}/v2/": dial tcp: lookup ${registry}: connection refused`,
      );
    const known = [...this.#published.keys()].some((each) => parseImageReference(each).path === path);
    return known
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
