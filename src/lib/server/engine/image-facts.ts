/** What the engine port gives and takes about images, builds, registries and files: plain shapes. */
import type { Labels } from '#lib/domain/labels.ts';

/** Whom the engine says it is when it asks a registry. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
  /** As the engine wants it: `ghcr.io`, `127.0.0.1:5000`, for Docker Hub `https://index.docker.io/v1/`. */
  readonly serverAddress: string;
}

/** One line of a pull or push, of one layer or (layer null) of all of it. */
export interface TransferProgress {
  readonly layer: string | null;
  /** In the engine's words: `Downloading`, `Verifying Checksum`, `Extracting`, `Pull complete`, `Already exists`, … */
  readonly status: string;
  readonly current: number | null;
  readonly total: number | null;
}

export interface PullOptions {
  readonly signal: AbortSignal;
  /** `linux/arm64`; left out: the host's own. */
  readonly platform?: string;
  readonly login?: RegistryLogin;
  readonly onProgress?: (progress: TransferProgress) => void;
}

export interface PushOptions {
  readonly signal: AbortSignal;
  readonly login?: RegistryLogin;
  readonly onProgress?: (progress: TransferProgress) => void;
}

export interface BuildOptions {
  /** Where the files come from: a tar (plain or gzip), or a git URL that the engine itself fetches. */
  readonly source:
    | { readonly kind: 'tar'; readonly bytes: AsyncIterable<Buffer> }
    | { readonly kind: 'git'; readonly url: string };
  /** In the context; default `Dockerfile`. */
  readonly dockerfile?: string;
  /** The name that the result gets; a build that fails gives none. */
  readonly tag: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly labels?: Labels;
  readonly target?: string;
  readonly noCache?: boolean;
  /** Asks the registry for newer base images. */
  readonly pull?: boolean;
  readonly platform?: string;
  readonly network?: string;
  /** `name:address` */
  readonly extraHosts?: readonly string[];
  /** By registry address, for base images. */
  readonly logins?: Readonly<Record<string, RegistryLogin>>;
  readonly signal: AbortSignal;
  /** The output as the engine gives it, in pieces that may end in the middle of a line. */
  readonly onOutput?: (text: string) => void;
  /** Pulls of base images. */
  readonly onProgress?: (progress: TransferProgress) => void;
}

/** One step of an image's making, newest first in a list. */
export interface HistoryFacts {
  /** null: not known here (`<missing>`). */
  readonly id: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly size: number;
  readonly comment: string;
  readonly tags: readonly string[];
}

/** What the engine holds, with the bytes that images have in common. */
export interface DiskUsage {
  /** Bytes of all layers, each counted once. */
  readonly layersSize: number;
  readonly images: readonly {
    readonly id: string;
    readonly sharedSize: number;
    /** How many containers were made from it. */
    readonly containers: number;
  }[];
}

export type FileKind = 'file' | 'directory' | 'link' | 'other';

/** One path inside a container. */
export interface FileFacts {
  readonly path: string;
  readonly kind: FileKind;
  /** Bytes; of a directory what its entry takes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  /** Of a link: where it leads, from the root on, all links followed. */
  readonly linkTarget: string | null;
}
