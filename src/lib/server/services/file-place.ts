/** Where the files of an agent are: its container, the state that it is in, and what is mounted there. */
import { z } from 'zod';
import { AppError, notFound } from '#lib/domain/errors.ts';
import { isWithin } from '#lib/domain/paths.ts';
import { SECRET_FOLDER } from '#lib/domain/secret-delivery.ts';
import type { FileMeans, WhyNot } from '#lib/protocol/files.ts';
import type { ContainerStatus, Engine, MountFacts } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import { mountsOf } from './container-mounts.ts';
import { containerIdOf } from './verb-tools.ts';

export interface FilePlace {
  readonly agent: AgentRow;
  readonly engine: Engine;
  readonly containerId: string;
  readonly status: ContainerStatus;
  /** When its files may have begun to be others without us. */
  readonly era: string;
  readonly mounts: readonly MountFacts[];
  readonly readOnly: { readonly root: boolean; readonly mounts: ReadonlySet<string> };
}

const READ_ONLY = z.object({
  Mounts: z.array(z.object({ Destination: z.string(), RW: z.boolean() })).nullish(),
  HostConfig: z.object({ ReadonlyRootfs: z.boolean().nullish() }).nullish(),
});

/** Of the kernel, in every container that runs. */
const KERNEL_FOLDERS = ['/proc', '/sys', '/dev'] as const;

/** Throws NOT_FOUND for no such agent, CONFLICT for one without a container, HOST_UNREACHABLE. */
export async function placeOf(
  parts: { readonly agents: AgentRepository; readonly fleet: Fleet },
  idOrName: string,
  signal?: AbortSignal,
): Promise<FilePlace> {
  const agent = parts.agents.byName(idOrName) ?? parts.agents.byId(idOrName);
  if (agent === undefined) throw notFound('agent', idOrName);
  const containerId = containerIdOf(agent);
  const engine = parts.fleet.engine(agent.hostId);
  const facts = await engine.inspectContainer(containerId, signal);
  return {
    agent,
    engine,
    containerId,
    status: facts.status,
    era: `${facts.status} ${facts.startedAt ?? ''} ${facts.finishedAt ?? ''}`,
    mounts: mountsOf(facts),
    readOnly: readOnlyOf(facts.raw),
  };
}

function readOnlyOf(raw: unknown): FilePlace['readOnly'] {
  const { Mounts, HostConfig } = READ_ONLY.safeParse(raw).data ?? {};
  const targets = (Mounts ?? []).filter(({ RW }) => !RW).map(({ Destination }) => Destination);
  return { root: HostConfig?.ReadonlyRootfs === true, mounts: new Set(targets) };
}

/** The values of secrets are given to the program, not to whoever looks at files. */
export function refuseSecrets(path: string): void {
  if (!isWithin(path, SECRET_FOLDER)) return;
  throw new AppError('FORBIDDEN', `${SECRET_FOLDER} holds the values of secrets`, {
    hint: 'They are never shown.',
  });
}

/** What is mounted exactly there. */
export function mountAt({ mounts }: FilePlace, path: string): MountFacts | null {
  return mounts.find(({ target }) => target === path) ?? null;
}

/** The mount that a path lies in, the innermost. */
export function mountAround({ mounts }: FilePlace, path: string): MountFacts | null {
  const around = mounts.filter(({ target }) => isWithin(path, target));
  return around.toSorted((one, other) => other.target.length - one.target.length)[0] ?? null;
}

/** The engine's own way to files does not reach it: it is there only while the container runs, for programs inside. */
export function isInMemory(place: FilePlace, path: string): boolean {
  const mount = mountAround(place, path);
  if (mount !== null) return mount.type === 'tmpfs';
  return KERNEL_FOLDERS.some((folder) => isWithin(path, folder));
}

/** `hasShell`: a program has been run inside, so that more is possible than the engine has calls for. */
export function meansAt(place: FilePlace, path: string, hasShell: boolean): FileMeans {
  const mount = mountAround(place, path);
  const isKernel = mount === null && ['/proc', '/sys'].some((folder) => isWithin(path, folder));
  if (isKernel) return { write: 'kernel', move: 'kernel' };
  const isInMemoryHere = isInMemory(place, path);
  const isReadOnly =
    mount === null ? place.readOnly.root && !isInMemoryHere : place.readOnly.mounts.has(mount.target);
  if (isReadOnly) return { write: 'read-only', move: 'read-only' };
  return {
    write: isInMemoryHere && !hasShell ? 'memory' : null,
    move: hasShell ? null : WITHOUT_SHELL[place.status],
  };
}

const WITHOUT_SHELL = {
  running: 'no-shell',
  paused: 'paused',
  restarting: 'stopped',
  created: 'stopped',
  removing: 'stopped',
  exited: 'stopped',
  dead: 'stopped',
} as const satisfies Record<ContainerStatus, WhyNot>;

/** Throws VALIDATION for what is no one's to move or delete, CONFLICT where something is mounted in it. */
export function refuseFixed(place: FilePlace, path: string): void {
  const isFixed = path === '/' || KERNEL_FOLDERS.some((folder) => isWithin(path, folder));
  if (isFixed) throw new AppError('VALIDATION', `${path} belongs to the container itself`);
  const below = place.mounts.find(({ target }) => isWithin(target, path));
  if (below === undefined) return;
  throw new AppError('CONFLICT', `At ${below.target} something is mounted`, {
    hint: 'What is in it can be deleted; the mount itself is part of the agent.',
  });
}
