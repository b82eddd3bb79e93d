/** The images of all hosts: seen, named, removed. A host that is away or hangs is a problem beside the list, and never holds it up. */
import type { TypeSource } from '#lib/domain/agent-types.ts';
import { AppError, notFound, validationError } from '#lib/domain/errors.ts';
import { formatImageReference, parseImageReference } from '#lib/domain/image-reference.ts';
import { imageTagInput } from '#lib/domain/inputs/image-inputs.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { HostProblem, ImageDetailView, ImageList, ImageMoved, ImageView } from '#lib/protocol/images.ts';
import type { Engine, ImageFacts } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Host } from '../hosts/host.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { BuildRepository } from '../storage/builds.ts';
import type { Journal } from '../storage/journal.ts';
import type { SnapshotRepository } from '../storage/snapshots.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { ImagePolicyService } from './image-policy.ts';
import { usersOf, type HostUsers } from './image-users.ts';
import { toProblem } from './operations.ts';
import { SharedSizes } from './shared-sizes.ts';
import { within } from './within.ts';

export interface ImageParts {
  readonly fleet: Fleet;
  readonly agents: AgentRepository;
  readonly snapshots: SnapshotRepository;
  readonly builds: Pick<BuildRepository, 'byImageId'>;
  readonly journal: Journal;
  readonly policy: ImagePolicyService;
  readonly types: TypeSource;
}

export interface ImageChoice {
  /** Name or id of a host; left out: the first one that has the image. */
  readonly host?: string | undefined;
}

/** How long a list waits for one host. */
const LIST_MS = 3_000;
/** How long an agent's page waits for the question whether its tag has moved. */
const MOVED_MS = 150;

export class ImageService {
  readonly #parts: ImageParts;
  readonly #sharedSizes = new SharedSizes();

  constructor(parts: ImageParts) {
    this.#parts = parts;
  }

  async list(actor: Actor | null): Promise<ImageList> {
    authorize(actor, 'images.see');
    const answers = await Promise.all(this.#parts.fleet.hosts().map((host) => this.#ofHost(host)));
    const images = answers.flatMap((each) => each.images);
    return { images, problems: answers.flatMap((each) => each.problems), count: images.length };
  }

  /** By id (also its beginning) or name. Throws NOT_FOUND. */
  async get(actor: Actor | null, id: string, choice: ImageChoice = {}): Promise<ImageDetailView> {
    authorize(actor, 'images.see');
    const { host, engine, facts } = await this.#find(id, choice);
    const [users, history] = await Promise.all([this.#users(host, engine), engine.imageHistory(facts.id)]);
    return {
      ...this.#view(host, facts, users),
      platform: facts.platform,
      labels: facts.labels,
      layers: facts.layers?.length ?? null,
      buildId: this.#parts.builds.byImageId(host.id, facts.id)?.id ?? null,
      config: facts.config,
      history: history.map(({ createdAt, createdBy, size, comment, tags }) => ({
        createdAt: new Date(createdAt).toISOString(),
        createdBy,
        size,
        comment,
        tags,
      })),
    };
  }

  /** Gives it a further name. Throws CONFLICT for the name of a snapshot, VALIDATION for what is no name. */
  async tag(
    actor: Actor | null,
    id: string,
    raw: unknown,
    choice: ImageChoice = {},
  ): Promise<ImageDetailView> {
    const who = authorize(actor, 'images.change');
    const { snapshots, policy } = this.#parts;
    const input = parseInput(imageTagInput, raw);
    const reference = parseImageReference(input.name, 'name');
    if (reference.digest !== null)
      throw validationError([{ field: 'name', value: input.name, rule: 'must be a name without a digest' }]);
    const name = formatImageReference(reference);
    const { host, engine, facts } = await this.#find(id, choice);
    if (snapshots.byImage(host.id, name) !== undefined)
      throw new AppError('CONFLICT', `${name} is the name of a snapshot`, { hint: 'Choose another name.' });
    // a name of an allowed registry must not make an image of another one allowed
    for (const own of facts.tags.length === 0 ? [facts.id] : facts.tags)
      policy.refuseLocal(host.id, own, facts.id);
    await engine.tagImage(facts.id, name);
    this.#changed(who, name);
    return this.get(who, facts.id, { host: host.id });
  }

  /**
   * Removes it with all its names. Throws CONFLICT that names who uses it; with `untag` only its names go, and whoever uses it keeps it. Of a
   * snapshot: CONFLICT, that goes as a snapshot. `name`: only this one of its names.
   */
  async remove(
    actor: Actor | null,
    id: string,
    choice: ImageChoice & { readonly untag?: boolean; readonly name?: string | undefined } = {},
  ): Promise<void> {
    const who = authorize(actor, 'images.change');
    const { host, engine, facts } = await this.#find(id, choice);
    const image = this.#view(host, facts, await this.#users(host, engine));
    const shown = facts.tags[0] ?? facts.id.slice(7, 19);
    if (image.snapshot !== null)
      throw new AppError(
        'CONFLICT',
        `${shown} is the snapshot ${image.snapshot.name} of ${image.snapshot.agent.name}`,
        { hint: 'Delete it among the snapshots of its agent.' },
      );
    const names = namesToRemove(facts, choice.name);
    const users = [...image.agents.map((each) => each.name), ...image.containers];
    const goes = names.length === Math.max(1, facts.tags.length);
    if (users.length > 0 && choice.untag !== true && goes)
      throw new AppError('CONFLICT', `${shown} is used by ${users.join(', ')}`, {
        hint: 'Remove these first, or take away only its names with "untag".',
      });
    for (const name of names) await engine.removeImage(name, { force: choice.untag === true });
    this.#changed(who, shown);
  }

  /** Whether the name that an agent was made by still means the image that it runs. Says "not known" rather than wait. */
  async moved(actor: Actor | null, idOrName: string): Promise<ImageMoved> {
    authorize(actor, 'agents.see');
    const { agents, fleet } = this.#parts;
    const row = agents.byName(idOrName) ?? agents.byId(idOrName);
    if (row === undefined) throw notFound('agent', idOrName);
    const { imageId } = row;
    if (imageId === null || row.state === 'removed') return { imageMoved: null, currentImageId: null };
    try {
      const engine = fleet.engine(row.hostId);
      const now = await engine.inspectImage(row.spec.image, AbortSignal.timeout(MOVED_MS));
      return { imageMoved: now?.id !== imageId, currentImageId: now?.id ?? null };
    } catch (error) {
      if (error instanceof AppError || (error instanceof Error && error.name === 'TimeoutError'))
        return { imageMoved: null, currentImageId: null };
      throw error;
    }
  }

  async #ofHost(host: Host): Promise<Omit<ImageList, 'count'>> {
    try {
      const engine = host.engine();
      const [images, users] = await within(
        LIST_MS,
        Promise.all([engine.listImages(), this.#users(host, engine)]),
        `${host.name} did not list its images in time`,
      );
      return { images: images.map((facts) => this.#view(host, facts, users)), problems: [] };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const problem: HostProblem = { host: host.name, error: toProblem(error) };
      return { images: [], problems: [problem] };
    }
  }

  async #users(host: Host, engine: Engine): Promise<HostUsers> {
    const { agents, snapshots, types } = this.#parts;
    return {
      agents: agents.onHost(host.id),
      containers: await engine.listContainers(),
      snapshots: snapshots.onHost(host.id),
      types: types.list(),
    };
  }

  #view(host: Host, facts: ImageFacts, users: HostUsers): ImageView {
    return {
      id: facts.id,
      host: host.name,
      hostId: host.id,
      tags: facts.tags,
      digests: facts.digests,
      size: facts.size,
      sharedSize: this.#sharedSizes.of(host)?.get(facts.id) ?? null,
      createdAt: new Date(facts.createdAt).toISOString(),
      ...usersOf(facts, users),
    };
  }

  async #find(
    id: string,
    { host: wish }: ImageChoice,
  ): Promise<{ readonly host: Host; readonly engine: Engine; readonly facts: ImageFacts }> {
    const { fleet } = this.#parts;
    const hosts = wish === undefined ? fleet.hosts() : [fleet.place(wish)];
    const found = await Promise.all(
      hosts.map(async (host) => {
        try {
          const engine = host.engine();
          const late = `${host.name} did not answer in time`;
          const facts = await within(LIST_MS, engine.inspectImage(id), late);
          return facts === null ? null : { host, engine, facts };
        } catch (error) {
          // with several hosts the others may have it
          if (!(error instanceof AppError) || hosts.length === 1) throw error;
          return null;
        }
      }),
    );
    const first = found.find((each) => each !== null);
    if (first === undefined) throw notFound('image', id);
    return first;
  }

  #changed(actor: Actor, subject: string): void {
    this.#parts.journal.commit((tell) => {
      tell({ kind: 'changed', what: 'images', subject, by: asReason(actor) });
    });
  }
}

/** All names, or the one that was asked for; without any the id. Throws NOT_FOUND for a name that it does not have. */
function namesToRemove({ id, tags }: ImageFacts, name: string | undefined): readonly string[] {
  if (name === undefined) return tags.length === 0 ? [id] : tags;
  const wanted = formatImageReference(parseImageReference(name, 'name'));
  if (!tags.includes(wanted)) throw notFound('name of this image', name);
  return [wanted];
}
