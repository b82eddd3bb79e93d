/** From a spec to a container that is created and not started: image, network, volumes, create. What spawn and recreate have in common. */
import { containerOf } from '#lib/domain/agent-container.ts';
import type { AgentSpec, BuildRecipe } from '#lib/domain/agent-spec.ts';
import { attachmentsOf } from '#lib/domain/docker-run/apply-networks.ts';
import { isUserDefinedNetwork, type CreateBody } from '#lib/domain/docker-run/create-body.ts';
import type { AgentId, HostId } from '#lib/domain/ids.ts';
import type { TypeSource } from '#lib/domain/agent-types.ts';
import { agentLabels } from '#lib/domain/labels.ts';
import type { Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Host } from '../hosts/host.ts';
import { bringImage } from './bring-image.ts';
import { refuseAbsentPaths } from './bind-check.ts';
import type { Builder } from './builder.ts';
import type { ImagePolicyService } from './image-policy.ts';
import type { Networks } from './networks.ts';
import type { Operation } from './operations.ts';
import type { PullService } from './pulls.ts';
import type { SecretDelivery } from './secret-delivery.ts';
import type { Sshd } from './sshd.ts';
import type { FillWish, VolumeFilling } from './volume-filling.ts';
import { ensureVolumes, removeVolumes } from './volumes.ts';

export const MAKE_STEPS = ['image', 'network', 'volumes', 'create'] as const;

export interface Wish extends FillWish {
  readonly agent: { readonly id: AgentId; readonly name: string; readonly type: string };
  readonly spec: AgentSpec;
  readonly containerName: string;
  readonly hostId: HostId;
  /** Who or what asked for it, for the record of the secrets that it gets. */
  readonly by: string;
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

interface ImageParts {
  readonly fleet: Fleet;
  readonly pulls: PullService;
  readonly imagePolicy: ImagePolicyService;
  readonly types: TypeSource;
  readonly builder: Builder;
}

export class ContainerMaker {
  readonly #instance: string;
  readonly #networks: Networks;
  readonly #secrets: SecretDelivery;
  readonly #sshd: Sshd;
  readonly #filling: VolumeFilling;
  readonly #images: ImageParts;

  constructor(
    parts: ImageParts & {
      readonly instance: string;
      readonly networks: Networks;
      readonly secretDelivery: SecretDelivery;
      readonly sshd: Sshd;
      readonly filling: VolumeFilling;
    },
  ) {
    this.#instance = parts.instance;
    this.#networks = parts.networks;
    this.#secrets = parts.secretDelivery;
    this.#sshd = parts.sshd;
    this.#filling = parts.filling;
    this.#images = parts;
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
    const host = this.#images.fleet.get(wish.hostId);
    const imageId = await operation.step('image', (note) =>
      spec.build === null
        ? bringImage(this.#images, operation, host, engine, { spec, platform, by: wish.by }, note)
        : this.#build(operation, host, wish, spec.build, platform, note),
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
      const sshd = await this.#sshd.prepare(engine, { agent, spec, body, imageId });
      const about = { agent, spec, body: sshd.body, imageId, by: wish.by };
      const secrets = await this.#secrets.prepare(engine, about);
      const container = await engine.createContainer(wish.containerName, secrets.body, {
        signal: operation.signal,
        ...(platform === null ? {} : { platform }),
      });
      made.containerId = container.id;
      await secrets.write(engine, container.id, operation.signal);
      await sshd.write(engine, container.id, operation.signal);
      const filled = await this.#filling.fill(operation, engine, wish, {
        ...made,
        containerId: container.id,
      });
      const news = [
        ...(secrets.names.length === 0 ? [] : [`with ${secrets.names.join(', ')}`]),
        ...(filled.length === 0 ? [] : [`new volumes at ${filled.join(', ')}; those before them stay`]),
        ...container.warnings,
      ];
      if (news.length > 0) note(news.join('; '));
      return container.id;
    });
    return { containerId, imageId };
  }

  async #build(
    operation: Operation,
    host: Host,
    { spec, by }: Wish,
    recipe: BuildRecipe,
    platform: string | null,
    note: (text: string) => void,
  ): Promise<string> {
    const about = { recipe, image: spec.image, platform, host, by, operationId: operation.id };
    const imageId = await this.#images.builder.forAgent(about, {
      signal: operation.signal,
      line: (text) => {
        operation.output(text);
      },
      progress: (percent, text) => {
        operation.progress('image', percent, text);
      },
    });
    note(`built as ${spec.image}`);
    return imageId;
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
