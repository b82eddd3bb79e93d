/** From a spec to a container that is created and not started: image, network, volumes, create. What spawn and recreate have in common. */
import { containerOf } from '#lib/domain/agent-container.ts';
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import { attachmentsOf } from '#lib/domain/docker-run/apply-networks.ts';
import { isUserDefinedNetwork, type CreateBody } from '#lib/domain/docker-run/create-body.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import { agentLabels } from '#lib/domain/labels.ts';
import type { Engine } from '../engine/engine.ts';
import { bringImage } from './bring-image.ts';
import { refuseAbsentPaths } from './bind-check.ts';
import type { Networks } from './networks.ts';
import type { Operation } from './operations.ts';
import { ensureVolumes, removeVolumes } from './volumes.ts';

export const MAKE_STEPS = ['image', 'network', 'volumes', 'create'] as const;

export interface Wish {
  readonly agent: { readonly id: AgentId; readonly name: string; readonly type: string };
  readonly spec: AgentSpec;
  readonly containerName: string;
}

/** What a making has made so far, so that it can be taken back. */
export interface Made {
  networkId: string | null;
  volumes: readonly string[];
  containerId: string | null;
}

export function nothingMade(): Made {
  return { networkId: null, volumes: [], containerId: null };
}

export class ContainerMaker {
  readonly #instance: string;
  readonly #networks: Networks;

  constructor(parts: { readonly instance: string; readonly networks: Networks }) {
    this.#instance = parts.instance;
    this.#networks = parts.networks;
  }

  /** `creating` is called before the container itself is made. Throws what went wrong; `made` says what there is to take back. */
  async make(
    operation: Operation,
    engine: Engine,
    wish: Wish,
    made: Made,
    creating: () => void,
  ): Promise<{ readonly containerId: string; readonly imageId: string }> {
    const { agent, spec } = wish;
    const labels = agentLabels({ instance: this.#instance, ...agent, tags: spec.tags });
    const { body, platform } = containerOf(agent.name, spec, labels);
    const imageId = await operation.step('image', (note) =>
      bringImage(operation, engine, spec, platform, note),
    );
    await operation.step('network', async (note) => {
      const names = ownNetworks(body);
      made.networkId = await this.#networks.ensure(engine, names);
      const list = attachmentsOf(body).map((each) => each.name);
      note(`${made.networkId === null ? '' : 'made '}${list.join(', ')}`);
    });
    await operation.step('volumes', async (note) => {
      await refuseAbsentPaths(engine, spec, this.#instance, operation.signal);
      made.volumes = await ensureVolumes(engine, body, this.#instance, operation.signal);
      note(made.volumes.length === 0 ? mountsInWords(spec) : `made ${made.volumes.join(', ')}`);
    });
    creating();
    const containerId = await operation.step('create', async (note) => {
      const container = await engine.createContainer(wish.containerName, body, {
        signal: operation.signal,
        ...(platform === null ? {} : { platform }),
      });
      if (container.warnings.length > 0) note(container.warnings.join('; '));
      return container.id;
    });
    made.containerId = containerId;
    return { containerId, imageId };
  }

  /** Takes back volumes and network; containers are the caller's. Fails in silence: it cleans up after something that failed. */
  async takeBack(engine: Engine, made: Made): Promise<void> {
    await removeVolumes(engine, made.volumes);
    if (made.networkId === null) return;
    await engine.removeNetwork(made.networkId).catch(() => undefined);
    this.#networks.forget(engine);
  }
}

/** Networks that have to be there before: the engine's own always are, and another container's is no network of its own. */
function ownNetworks(body: CreateBody): readonly string[] {
  return attachmentsOf(body)
    .map((each) => each.name)
    .filter(isUserDefinedNetwork);
}

function mountsInWords({ volumes, sharedVolumes }: AgentSpec): string {
  const count = volumes.length + sharedVolumes.length;
  return count === 0 ? 'none' : `${count} ${count === 1 ? 'mount' : 'mounts'}`;
}
