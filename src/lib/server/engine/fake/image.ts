import { formatImageReference, parseImageReference } from '#lib/domain/image-reference.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type { HistoryFacts, ImageConfig, ImageFacts } from '../engine.ts';
import type { Files } from './files.ts';
import type { Program } from './process.ts';

/** The platform of every fake image. */
export const PLATFORM = 'linux/amd64';

export interface Layer {
  readonly digest: string;
  readonly size: number;
}

/** One step of an image's making: `key` says of what it was made by what, so that a build can find it again. */
export interface Step {
  readonly id: string;
  readonly key: string;
  readonly createdBy: string;
  readonly createdAt: number;
  /** null: it changed no files. */
  readonly layer: Layer | null;
}

export interface ImageOptions {
  /** Default: a command of its own that obeys SIGTERM and else does nothing. */
  readonly cmd?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly env?: readonly string[];
  readonly labels?: Labels;
  readonly size?: number;
  readonly digests?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  /** `80/tcp` */
  readonly exposedPorts?: readonly string[];
  /** Paths that get an anonymous volume. */
  readonly volumes?: readonly string[];
  /** It says that it has one; nothing runs it. */
  readonly hasHealthcheck?: boolean;
  /** Commands that this image has besides those of COMMANDS. */
  readonly commands?: Readonly<Record<string, Program>>;
}

/** What an image is wherever it lies: on an engine, in a registry, in a tar. */
export interface ImageContent {
  readonly id: string;
  readonly createdAt: number;
  readonly labels: Labels;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly config: Pick<ImageConfig, 'workdir' | 'user' | 'exposedPorts' | 'volumes' | 'hasHealthcheck'>;
  readonly commands: Readonly<Record<string, Program>>;
  readonly layers: readonly Layer[];
  /** Oldest first. */
  readonly steps: readonly Step[];
  readonly files: Files;
}

/** An image on an engine. */
export interface Image extends ImageContent {
  readonly tags: Set<string>;
  /** Known only of what came from a registry or went there. */
  readonly digests: Set<string>;
}

export function sizeOf({ layers }: ImageContent): number {
  return layers.reduce((sum, { size }) => sum + size, 0);
}

export function toFacts(image: Image): ImageFacts {
  return {
    id: image.id,
    tags: [...image.tags],
    digests: [...image.digests],
    size: sizeOf(image),
    createdAt: image.createdAt,
    labels: image.labels,
    layers: image.layers.map(({ digest }) => digest),
    platform: PLATFORM,
    config: {
      ...image.config,
      env: image.env,
      command: image.cmd.length === 0 ? null : image.cmd,
      entrypoint: image.entrypoint.length === 0 ? null : image.entrypoint,
    },
  };
}

/** Newest first. Only the last step is an image that can be named. */
export function historyOf(image: Image): readonly HistoryFacts[] {
  return image.steps.toReversed().map(({ createdBy, createdAt, layer }, index) => ({
    id: index === 0 ? image.id : null,
    createdAt: Math.floor(createdAt / 1000) * 1000,
    createdBy,
    size: layer?.size ?? 0,
    comment: '',
    tags: index === 0 ? [...image.tags] : [],
  }));
}

/** The tag as the engine writes it: `nginx:latest`. What is no reference stays as it is, and is then not found. */
export function tagOf(reference: string): string {
  try {
    return formatImageReference(parseImageReference(reference));
  } catch {
    return reference;
  }
}
