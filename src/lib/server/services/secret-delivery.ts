/** Gives the secrets of a spec to the container that is made for it (domain/secret-delivery.ts says how and why). */
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import type { CreateBody } from '#lib/domain/docker-run/create-body.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import { SECRET_FOLDER, secretFiles, wrapCommand } from '#lib/domain/secret-delivery.ts';
import type { Engine } from '../engine/engine.ts';
import type { SecretService } from './secrets.ts';

export interface Delivered {
  /** The body with the wrapper and the plain variables; as it was when there are no secrets. */
  readonly body: CreateBody;
  /** Writes the files into the container, which has not been started yet. */
  readonly write: (engine: Engine, containerId: string, signal: AbortSignal) => Promise<void>;
  /** Names of the secrets, for the record. */
  readonly names: readonly string[];
}

export class SecretDelivery {
  readonly #secrets: SecretService;

  constructor(secrets: SecretService) {
    this.#secrets = secrets;
  }

  /** Throws VALIDATION: a secret is not there (any more), the folder is taken, or there is no command to wrap. */
  async prepare(
    engine: Engine,
    wish: {
      readonly agent: { readonly id: AgentId };
      readonly spec: AgentSpec;
      readonly body: CreateBody;
      readonly imageId: string;
      readonly by: string;
    },
  ): Promise<Delivered> {
    const { spec, body } = wish;
    const names = namesOf(spec);
    if (names.length === 0) return { body, write: () => Promise.resolve(), names };
    const values = this.#secrets.give(wish.agent, spec, wish.by);
    const plain = Object.entries(values.env).map(([key, value]) => `${key}=${value}`);
    const withPlain = plain.length === 0 ? body : { ...body, Env: [...(body.Env ?? []), ...plain] };
    if (Object.keys(values.file).length === 0)
      return { body: withPlain, write: () => Promise.resolve(), names };
    const image = await engine.inspectImage(wish.imageId);
    const wrapped = wrapCommand(withPlain, image?.config ?? { entrypoint: null, command: null });
    return { body: wrapped, write: writer(values.file), names };
  }

  /** Before a container is started again: the values as they are now. Those that are gone meanwhile stay as the container has them. */
  async refresh(
    engine: Engine,
    agent: { readonly id: AgentId; readonly spec: AgentSpec },
    containerId: string,
    by: string,
    signal: AbortSignal,
  ): Promise<void> {
    const known = new Set(this.#secrets.all().keys());
    const references = Object.values(agent.spec.secretEnv);
    const files = references.filter((each) => each.delivery === 'file');
    if (files.length === 0 || !files.every((each) => known.has(each.secret))) return;
    const secretEnv = Object.fromEntries(
      Object.entries(agent.spec.secretEnv).filter(([, { delivery }]) => delivery === 'file'),
    );
    await writer(this.#secrets.give(agent, { secretEnv }, by).file)(engine, containerId, signal);
  }
}

export function namesOf({ secretEnv }: Pick<AgentSpec, 'secretEnv'>): readonly string[] {
  return [...new Set(Object.values(secretEnv).map((each) => each.secret))].sort();
}

function writer(values: Readonly<Record<string, string>>): Delivered['write'] {
  return async (engine, containerId, signal) => {
    const tar = pack();
    // the main process may be any user: the folder is its container's alone
    for (const { name, text } of secretFiles(values)) tar.entry({ name, mode: 0o444 }, text);
    tar.finalize();
    await engine.writeArchive(containerId, SECRET_FOLDER, await buffer(tar), signal);
  };
}
