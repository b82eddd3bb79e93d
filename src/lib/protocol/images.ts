/** Images, pulls and registries as they cross the wire. */
import type { Problem } from '../domain/errors.ts';
import type { TransferView } from './views.ts';

export interface AgentNameView {
  readonly id: string;
  readonly name: string;
}

/** An image on one host. */
export interface ImageView {
  readonly id: string;
  readonly host: string;
  readonly hostId: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  /** Bytes as the engine counts them. */
  readonly size: number;
  /** Bytes that other images have too; null: not known yet. */
  readonly sharedSize: number | null;
  readonly createdAt: string;
  readonly agents: readonly AgentNameView[];
  /** Names of containers that are no agents and were made from it. */
  readonly containers: readonly string[];
  /** Names of agent types that run it. */
  readonly types: readonly string[];
  readonly snapshot: { readonly id: string; readonly name: string; readonly agent: AgentNameView } | null;
}

export interface ImageDetailView extends ImageView {
  readonly platform: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly layers: number | null;
  /** The build here that made it, with its steps and its whole output; null: it came from elsewhere, or the record is gone. */
  readonly buildId: string | null;
  readonly config: {
    readonly env: readonly string[];
    readonly command: readonly string[] | null;
    readonly entrypoint: readonly string[] | null;
    readonly workdir: string | null;
    readonly user: string | null;
    readonly exposedPorts: readonly string[];
    readonly volumes: readonly string[];
  } | null;
  /** Newest step first. */
  readonly history: readonly {
    readonly createdAt: string;
    readonly createdBy: string;
    readonly size: number;
    readonly comment: string;
    readonly tags: readonly string[];
  }[];
}

/** A host that did not answer in time, or could not. */
export interface HostProblem {
  readonly host: string;
  readonly error: Problem;
}

export interface ImageList {
  readonly images: readonly ImageView[];
  readonly problems: readonly HostProblem[];
  readonly count: number;
}

/** An image on its way to a host; one for all who wait for it. */
export interface PullView {
  readonly operationId: string;
  readonly image: string;
  readonly host: string;
  readonly platform: string | null;
  readonly startedAt: string;
  readonly percent: number | null;
  readonly text: string;
  readonly transfer: TransferView;
}

/** Where images can be pulled to. */
export interface PullTarget {
  readonly host: string;
  readonly noPull: boolean;
}

/** A login of a registry, without its password. */
export interface RegistryView {
  readonly address: string;
  readonly username: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When the registry last took the login; null: it has not, as far as we have asked. */
  readonly workedAt: string | null;
}

/** Whether the name that an agent was made by still means the image that it runs. */
export interface ImageMoved {
  /** null: the host did not say. */
  readonly imageMoved: boolean | null;
  /** The image that the name means now; null: none, or not known. */
  readonly currentImageId: string | null;
}
