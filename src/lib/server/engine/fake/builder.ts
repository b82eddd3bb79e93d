/**
 * The fake's classic builder: the instructions of dockerfile.ts, a cache by what each step was made of, and the lines that the engine
 * prints. A step leaves nothing on the engine until the build is done.
 */
import { createHash } from 'node:crypto';
import type { BuildOptions } from '../engine.ts';
import { buildCommand } from './build-command.ts';
import { contextOf } from './build-context.ts';
import { copy } from './build-copy.ts';
import {
  commandOf,
  parseDockerfile,
  untilTarget,
  substitute,
  wordsOf,
  type Instruction,
} from './dockerfile.ts';
import { joined, type Files } from './files.ts';
import { tagOf, type Image, type ImageContent, type Layer, type Step } from './image.ts';
import { pull } from './pull.ts';
import { EngineRefusal } from './refusal.ts';
import { settle } from './settings.ts';
import type { World } from './world.ts';

const STEP_BYTES = 1024;

export async function build(world: World, options: BuildOptions): Promise<Image> {
  const context = await contextOf(options);
  const dockerfile = context.get(joined('/', options.dockerfile ?? 'Dockerfile'));
  if (dockerfile?.kind !== 'file')
    throw new EngineRefusal(500, `Cannot locate specified Dockerfile: ${options.dockerfile ?? 'Dockerfile'}`);
  const labels = Object.entries(options.labels ?? {}).map(
    ([key, value]) => `${JSON.stringify(key)}=${JSON.stringify(value)}`,
  );
  const instructions = [
    ...untilTarget(parseDockerfile(dockerfile.content.toString()), options.target),
    ...(labels.length === 0 ? [] : [{ name: 'LABEL', rest: labels.join(' ') }]),
  ];
  const builder = new Builder(world, options, context);
  for (const [index, each] of instructions.entries()) {
    options.signal.throwIfAborted();
    builder.say(`Step ${index + 1}/${instructions.length} : ${each.name} ${each.rest}\n`);
    await builder.step(each);
  }
  return builder.finish();
}

class Builder {
  readonly #world: World;
  readonly #options: BuildOptions;
  readonly #context: Files;
  readonly #stages = new Map<string, Files>();
  #args: Readonly<Record<string, string>> = {};
  #content: ImageContent | null = null;
  #stage = 0;

  constructor(world: World, options: BuildOptions, context: Files) {
    this.#world = world;
    this.#options = options;
    this.#context = context;
  }

  say(output: string): void {
    this.#options.onOutput?.(output);
  }

  async step(instruction: Instruction): Promise<void> {
    const { name, rest } = instruction;
    if (name === 'FROM') return this.#from(rest);
    const content = this.#content;
    if (content === null) throw new EngineRefusal(400, 'No build stage in current context');
    if (name === 'ARG') this.#args = { ...this.#args, ...this.#argument(rest) };
    if (name === 'COPY') return this.#copy(content, instruction);
    if (name === 'RUN') return this.#run(content, instruction);
    const meant = name === 'CMD' || name === 'ENTRYPOINT' ? rest : substitute(rest, this.#known(content));
    const after = settle(content, { name, rest: meant }) ?? content;
    return this.#made(after, `#(nop)  ${name} ${meant}`, null, () => Promise.resolve(null));
  }

  finish(): Image {
    const content = this.#content;
    if (content === null) throw new EngineRefusal(400, 'the Dockerfile (Dockerfile) cannot be empty');
    const image = this.#world.images.take(content);
    this.say(`Successfully built ${short(image.id)}\n`);
    this.#world.images.tag(image, tagOf(this.#options.tag));
    this.say(`Successfully tagged ${tagOf(this.#options.tag)}\n`);
    return image;
  }

  async #from(rest: string): Promise<void> {
    const [reference = '', , alias] = wordsOf(substitute(rest, this.#args));
    const { pull: always = false, logins = {}, signal, onProgress } = this.#options;
    if (always || this.#world.images.find(reference) === undefined)
      await pull(this.#world, reference, { signal, logins, onProgress }).catch(inStream);
    const base = this.#world.images.find(reference);
    if (base === undefined) throw new EngineRefusal(200, `No such image: ${reference}`);
    this.#content = { ...base, files: base.files.copy() };
    this.#stages.set(String(this.#stage), this.#content.files);
    if (alias !== undefined) this.#stages.set(alias, this.#content.files);
    this.#stage += 1;
    this.say(` ---> ${short(base.id)}\n`);
  }

  #argument(rest: string): Readonly<Record<string, string>> {
    const [name = '', ...value] = rest.split('=');
    const given = this.#options.buildArgs?.[name];
    const known = given ?? (value.length === 0 ? undefined : value.join('='));
    return known === undefined ? {} : { [name]: known };
  }

  #known(content: ImageContent): Readonly<Record<string, string>> {
    const env = content.env.map((each): [string, string] => {
      const at = each.indexOf('=');
      return [each.slice(0, at), each.slice(at + 1)];
    });
    return { ...this.#args, ...Object.fromEntries(env) };
  }

  #copy(content: ImageContent, { rest }: Instruction): Promise<void> {
    const words = wordsOf(substitute(rest, this.#known(content)));
    const { target, nodes } = copy(words, this.#context, this.#stages, content.config.workdir ?? '/');
    for (const [path, node] of nodes) content.files.put(path, node);
    const bytes = nodes.reduce((sum, [, node]) => sum + node.content.length, 0);
    const mark = nodes.map(([path, node]) => `${path} ${node.content.toString('base64')}`).join('\n');
    return this.#made(content, `#(nop) COPY file:${hash(mark)} in ${target}`, bytes, null);
  }

  #run(content: ImageContent, { rest }: Instruction): Promise<void> {
    const args = Object.entries(this.#args).map(([key, value]) => `${key}=${value}`);
    const by = args.length === 0 ? rest : `|${args.length} ${args.join(' ')} /bin/sh -c ${rest}`;
    const env = this.#known(content);
    return this.#made(content, by, STEP_BYTES, () =>
      buildCommand(this.#world, content, commandOf(rest), env, this.#options).then(() => null),
    );
  }

  /** Takes the step from the cache, or does its work. `bytes`: of the layer that it makes, null for none. */
  async #made(
    content: ImageContent,
    createdBy: string,
    bytes: number | null,
    work: (() => Promise<null>) | null,
  ): Promise<void> {
    const key = hash(`${content.steps.at(-1)?.id ?? ''} ${createdBy}`);
    const { images } = this.#world;
    const cached =
      this.#options.noCache === true
        ? undefined
        : images
            .all()
            .flatMap(({ steps }) => steps)
            .find((step) => step.key === key);
    if (cached !== undefined) this.say(' ---> Using cache\n');
    else if (work !== null) await this.#inContainer(work);
    const layer: Layer | null = bytes === null ? null : { digest: images.newId(), size: bytes };
    const step: Step = cached ?? { ...images.step(images.newId(), key, createdBy, layer) };
    this.#content = {
      ...content,
      id: step.id,
      createdAt: step.createdAt,
      layers: step.layer === null ? content.layers : [...content.layers, step.layer],
      steps: [...content.steps, step],
    };
    this.say(` ---> ${short(step.id)}\n`);
  }

  async #inContainer(work: () => Promise<null>): Promise<void> {
    const id = this.#world.newId().slice(0, 12);
    this.say(` ---> Running in ${id}\n`);
    try {
      await work();
    } finally {
      this.say(`Removing intermediate container ${id}\n`);
    }
  }
}

/** What fails after the first line has come is a line itself. */
function inStream(error: unknown): never {
  throw error instanceof EngineRefusal ? new EngineRefusal(200, error.message) : error;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function short(id: string): string {
  return id.slice(7, 19);
}
