/** What would come of a spawn, without doing it: whether it is right, where it fits, and why not. */
import { containerOf } from '#lib/domain/agent-container.ts';
import { containerName } from '#lib/domain/agent-name.ts';
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import { attachmentsOf } from '#lib/domain/docker-run/apply-networks.ts';
import { isUserDefinedNetwork, type CreateBody } from '#lib/domain/docker-run/create-body.ts';
import { AppError } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { spawnInput } from '#lib/domain/inputs/spawn-input.ts';
import { formatBytes } from '#lib/domain/quantities.ts';
import { commandAsInput, runCommandOf, type CommandAsInput } from '#lib/domain/run-command.ts';
import type { TypeSource } from '#lib/domain/agent-types.ts';
import type { CheckView, PreflightView } from '#lib/protocol/views.ts';
import type { ContainerSummary } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Host } from '../hosts/host.ts';
import type { AgentRepository } from '../storage/agents.ts';
import { authorize, type Actor } from './access.ts';
import { absentPaths } from './bind-check.ts';
import { imageChecks } from './image-check.ts';
import type { ImagePolicyService } from './image-policy.ts';
import { toProblem } from './operations.ts';
import { whyNot, type Placement, type Promised } from './placement.ts';
import type { SpecMaker } from './spec-maker.ts';
import { nameInFlags } from './spawning.ts';
import { namedVolumes } from './volumes.ts';

export interface PreflightParts {
  readonly specs: SpecMaker;
  readonly fleet: Fleet;
  readonly agents: AgentRepository;
  readonly imagePolicy: ImagePolicyService;
  readonly placement: Placement;
  readonly instance: string;
  readonly defaultNetwork: string;
  readonly types: TypeSource;
}

/** Which name is wanted, who has it, and the container that is the agent's own already. */
interface NameAndPlace {
  readonly named: string | undefined;
  readonly taken: string | null;
  readonly ownContainer: string | null;
}

/** An agent gets a name of its own at the spawn; the checks need one. */
const SOME_NAME = 'agent';
/** For looking whether paths are there. */
const ASK_MS = 5_000;

export class PreflightService {
  readonly #parts: PreflightParts;

  constructor(parts: PreflightParts) {
    this.#parts = parts;
  }

  /**
   * Never throws for a wish that is not right: that is the answer. Leaves nothing on any host. `edited` is the agent that shall be made anew: its
   * name and its ports are its own.
   */
  async check(actor: Actor | null, raw: unknown, edited: string | null = null): Promise<PreflightView> {
    const who = authorize(actor, 'agents.change');
    const { specs, fleet, agents } = this.#parts;
    let name: string;
    let specOn: (hostId: string | null) => AgentSpec;
    let plain: AgentSpec;
    let wish: string;
    let named: string | undefined;
    try {
      const input = parseInput(spawnInput, raw);
      const { type, host, name: given, ...fields } = input;
      named = nameInFlags(fields.startArgs ?? []) ?? given;
      name = named ?? SOME_NAME;
      wish = host;
      const recipe = specs.type(type);
      const called = name;
      specOn = (hostId) => specs.make(who, called, recipe, fields, hostId);
      plain = specOn(null);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { ok: false, problem: toProblem(error), host: null, checks: [], hosts: [], command: null };
    }
    const own = edited === null ? null : (agents.byName(edited) ?? agents.byId(edited) ?? null);
    // one that is made anew has its own values for what a host would give
    const onHost = (host: Host) => (own === null ? specOn(host.id) : plain);
    const hosts = fleet.hosts().map((host) => ({ host, ...fit(host, onHost(host), wish) }));
    const fitting = hosts.filter((each) => each.fits).map((each) => each.host);
    const [chosen] = await this.#parts.placement.rank(fitting, plain);
    const spec = chosen === undefined ? plain : onHost(chosen);
    const { body } = containerOf(name, spec, {});
    const holder = agents.byName(named ?? '');
    const taken = holder === undefined || holder.id === own?.id ? null : 'an agent';
    const checks: readonly CheckView[] =
      chosen === undefined
        ? [nameCheck(named, taken), { name: 'host', result: 'refused', text: whyNone(hosts, wish) }]
        : await this.#onHost(chosen, spec, body, { named, taken, ownContainer: own?.containerId ?? null });
    return {
      ok: checks.every((each) => each.result !== 'refused'),
      problem: null,
      host: chosen?.name ?? null,
      checks,
      hosts: hosts.map(({ host, fits, why }) => ({ name: host.name, fits, why })),
      command: runCommandOf(name, spec).text,
    };
  }

  /** A pasted docker run command as input. Throws VALIDATION that names the word and its place. */
  readCommand(actor: Actor | null, command: string): CommandAsInput {
    authorize(actor, 'agents.change');
    return commandAsInput(command, this.#parts.types.list());
  }

  async #onHost(
    host: Host,
    spec: AgentSpec,
    body: CreateBody,
    { named, taken, ownContainer }: NameAndPlace,
  ): Promise<readonly CheckView[]> {
    const engine = host.engine();
    try {
      const [image, all, networks] = await Promise.all([
        engine.inspectImage(spec.image),
        engine.listContainers(),
        engine.listNetworks(),
      ]);
      const containers = all.filter((each) => each.id !== ownContainer);
      const foreign = containers.some((each) => named !== undefined && each.name === containerName(named));
      return [
        nameCheck(named, taken ?? (foreign ? 'a container that is not ours' : null)),
        ...imageChecks(host, spec, image?.id ?? null, this.#parts.imagePolicy),
        roomCheck(host, spec, this.#parts.placement.promised(host)),
        portsCheck(body, containers),
        networksCheck(
          body,
          networks.map((each) => each.name),
          this.#parts.defaultNetwork,
        ),
        await this.#mounts(host, spec, body, image !== null),
      ];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return [nameCheck(named, taken), { name: 'host', result: 'refused', text: error.message }];
    }
  }

  async #mounts(host: Host, spec: AgentSpec, body: CreateBody, hasImage: boolean): Promise<CheckView> {
    const engine = host.engine();
    const volumes = namedVolumes(body);
    const known = await Promise.all(volumes.map((name) => engine.inspectVolume(name)));
    const absent = volumes.filter((_, index) => known[index] === null);
    const paths = spec.volumes.filter(({ source }) => source.startsWith('/'));
    const made = paths.filter((each) => each.create).map(({ source }) => source);
    const asked = paths.filter((each) => !each.create).map(({ source }) => source);
    // the engine says it only to a container that is made of an image that it has
    const missing = hasImage
      ? await absentPaths(engine, spec, this.#parts.instance, AbortSignal.timeout(ASK_MS))
      : [];
    if (missing.length > 0)
      return {
        name: 'mounts',
        result: 'refused',
        text: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not on ${host.name}; "create" makes a folder of root's there`,
      };
    const notes = [
      ...(absent.length === 0 ? [] : [`the volume ${absent.join(', ')} is made`]),
      ...(made.length === 0 ? [] : [`${made.join(', ')} is made where it is not there`]),
      ...(asked.length === 0 || hasImage
        ? []
        : [`${asked.join(', ')} must be there: that can be asked when the image is on ${host.name}`]),
    ];
    if (notes.length > 0) return { name: 'mounts', result: 'note', text: notes.join('; ') };
    const all = [...volumes, ...asked];
    return {
      name: 'mounts',
      result: 'ok',
      text: all.length === 0 ? 'none' : `${all.join(', ')}: there`,
    };
  }
}

function isWished(host: Host, wish: string): boolean {
  return wish === 'auto' || wish === host.name || wish === host.id;
}

function whyNone(hosts: readonly { readonly host: Host; readonly why: string }[], wish: string): string {
  const none = wish === 'auto' ? 'there is no host' : `there is no host "${wish}"`;
  return hosts.find(({ host }) => isWished(host, wish))?.why ?? none;
}

function fit(host: Host, spec: AgentSpec, wish: string): { readonly fits: boolean; readonly why: string } {
  if (!isWished(host, wish)) return { fits: false, why: 'another host was chosen' };
  const why = whyNot(host, spec);
  return { fits: why === null, why: why ?? '' };
}

/** `taken`: by what. */
function nameCheck(name: string | undefined, taken: string | null): CheckView {
  if (name === undefined) return { name: 'name', result: 'ok', text: 'one is made' };
  return taken === null
    ? { name: 'name', result: 'ok', text: `${name} is free` }
    : { name: 'name', result: 'refused', text: `${taken} is called ${name} already` };
}

function roomCheck(
  host: Host,
  { resources: { memory } }: AgentSpec,
  promised: Pick<Promised, 'memory' | 'count'>,
): CheckView {
  const all = host.info?.memory ?? null;
  if (all === null) return { name: 'room', result: 'note', text: 'the host has not said what it has' };
  const free = all - promised.memory;
  const text = `${formatBytes(Math.max(0, free))} of ${formatBytes(all)} are not promised to ${promised.count === 1 ? 'its running agent' : `its ${promised.count} running agents`}`;
  if (memory === null) return { name: 'room', result: 'note', text: `no memory limit; ${text}` };
  return { name: 'room', result: memory <= free ? 'ok' : 'note', text };
}

/** As far as containers go: what else listens on the host the engine does not say. */
function portsCheck(body: CreateBody, containers: readonly ContainerSummary[]): CheckView {
  const wanted = Object.entries(body.HostConfig.PortBindings ?? {}).flatMap(([port, list]) =>
    list.flatMap((each) =>
      /^\d+$/.test(each.HostPort ?? '') && each.HostPort !== '0'
        ? [{ ip: each.HostIp ?? '', host: Number(each.HostPort), protocol: port.split('/')[1] ?? 'tcp' }]
        : [],
    ),
  );
  if (wanted.length === 0) return { name: 'ports', result: 'ok', text: 'none by number' };
  const any = (ip: string) => ip === '' || ip === '0.0.0.0' || ip === '::';
  for (const each of wanted) {
    const holder = containers.find((container) =>
      container.ports.some(
        (port) =>
          port.host === each.host &&
          port.container.endsWith(`/${each.protocol}`) &&
          (any(port.ip) || any(each.ip) || port.ip === each.ip),
      ),
    );
    if (holder !== undefined)
      return { name: 'ports', result: 'refused', text: `port ${each.host} is taken by ${holder.name}` };
  }
  return {
    name: 'ports',
    result: 'ok',
    text: `no container has ${wanted.map((each) => each.host).join(', ')}`,
  };
}

function networksCheck(body: CreateBody, there: readonly string[], standard: string): CheckView {
  const names = attachmentsOf(body)
    .map((each) => each.name)
    .filter(isUserDefinedNetwork);
  const missing = names.filter((name) => !there.includes(name));
  const foreign = missing.filter((name) => name !== standard);
  if (foreign.length > 0)
    return { name: 'networks', result: 'refused', text: `there is no network ${foreign.join(', ')}` };
  return missing.length > 0
    ? { name: 'networks', result: 'note', text: `${missing.join(', ')} is made` }
    : { name: 'networks', result: 'ok', text: names.length === 0 ? 'of the engine' : names.join(', ') };
}
