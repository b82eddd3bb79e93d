/**
 * What is made on an engine only to look into it: an image of an agent as it is now, a container of an image that is never started. All of it is
 * taken away after the look; what a crash of Slipway left is known by its name and label, and goes when the host comes.
 */
import { newId } from '#lib/domain/ids.ts';
import { LABEL } from '#lib/domain/labels.ts';
import type { Engine } from '../engine/engine.ts';
import type { Log } from '../log.ts';

export class Temporaries {
  readonly #instance: string;
  readonly #log: Log;
  /** What somebody looks into now: names of images, ids of containers. */
  readonly #used = new Set<string>();

  constructor(parts: { readonly instance: string; readonly log: Log }) {
    this.#instance = parts.instance;
    this.#log = parts.log;
  }

  /** Gives the work the id of an image of the container's files. A signal of the work cannot cut the commit off: the engine goes on with it. */
  async withImage<Value>(
    engine: Engine,
    containerId: string,
    work: (imageId: string) => Promise<Value>,
  ): Promise<Value> {
    const tag = newId();
    const name = `${this.#repository}:${tag}`;
    this.#used.add(name);
    try {
      const { imageId } = await engine.commitContainer(containerId, {
        repository: this.#repository,
        tag,
        comment: 'made by Slipway for a comparison',
        pause: false,
      });
      return await work(imageId);
    } finally {
      this.#used.delete(name);
      await this.#gone(engine.removeImage(name, { force: true }), name);
    }
  }

  /** A container with the files of an image; `end` takes it away. */
  async container(engine: Engine, imageId: string): Promise<{ readonly id: string; end(): Promise<void> }> {
    const name = `slipway-look-${newId()}`;
    this.#used.add(name);
    try {
      const { id } = await engine.createContainer(name, {
        Image: imageId,
        Entrypoint: ['never-started'],
        // an image that was committed from an agent names that agent
        Labels: { ...this.#labels, [LABEL.agentId]: '', [LABEL.agentName]: '', [LABEL.runId]: '' },
        HostConfig: { NetworkMode: 'none' },
      });
      return {
        id,
        end: async () => {
          this.#used.delete(name);
          await this.#gone(engine.removeContainer(id, { force: true }), name);
        },
      };
    } catch (error) {
      this.#used.delete(name);
      throw error;
    }
  }

  /** Takes away what is left of looks that were cut off. Does what it can: the host may go away meanwhile. */
  async sweep(engine: Engine): Promise<void> {
    try {
      await this.#sweep(engine);
    } catch (error) {
      this.#log.info({ err: error }, 'could not look for what looks have left');
    }
  }

  async #sweep(engine: Engine): Promise<void> {
    const containers = await engine.listContainers({ labels: this.#labels });
    for (const { id, name } of containers)
      if (!this.#used.has(name)) await this.#gone(engine.removeContainer(id, { force: true }), name);
    const names = (await engine.listImages()).flatMap(({ tags }) => tags);
    for (const name of names) {
      const isOurs = name.startsWith(`${this.#repository}:`) && !this.#used.has(name);
      if (isOurs) await this.#gone(engine.removeImage(name, { force: true }), name);
    }
  }

  get #repository(): string {
    return `slipway-temporary/${this.#instance}`;
  }

  get #labels() {
    return { [LABEL.instance]: this.#instance, [LABEL.temporary]: 'look' };
  }

  /** What cannot be taken away now goes when the host comes again. */
  async #gone(removal: Promise<void>, name: string): Promise<void> {
    await removal.catch((error: unknown) => {
      this.#log.warn({ name, err: error }, 'could not take away what was made for a look');
    });
  }
}
