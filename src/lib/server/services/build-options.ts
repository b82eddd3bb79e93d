/** What a build says to the engine: its settings, and the bytes of its files as they are read. */
import type { BuildWish } from '#lib/domain/builds/build-input.ts';
import type { BuildOptions, RegistryLogin } from '../engine/engine.ts';
import type { Host } from '../hosts/host.ts';
import type { BuildRow } from '../storage/builds.ts';
import { refuseBases, refuseUnseenBases } from './build-bases.ts';
import { dockerfileTar, folderTar } from './folder-tar.ts';
import type { ImagePolicyService } from './image-policy.ts';
import { uploadTar } from './upload-tar.ts';

export interface SourceParts {
  /** By registry, for base images. */
  readonly logins: () => Readonly<Record<string, RegistryLogin>>;
  readonly imagePolicy: ImagePolicyService;
  /** Of a context and of an upload. */
  readonly maxBytes: number;
}

/** What a build tells whoever waits for it. */
export interface BuildWatch {
  readonly signal: AbortSignal;
  readonly line: (text: string) => void;
  readonly progress: (percent: number | null, text: string) => void;
  /** The engine has all files, as far as they come from here. */
  readonly sent?: () => void;
  /** The image is there. What it throws takes it back. */
  readonly made?: () => void;
}

export interface BuildJob {
  readonly row: BuildRow;
  readonly wish: BuildWish;
  readonly host: Host;
  /** The bytes of an upload. */
  readonly upload: AsyncIterable<Uint8Array> | null;
}

/** Throws what refuses the build before the engine hears of it. What is wrong with an upload is thrown while its bytes are read. */
export async function engineOptions(
  parts: SourceParts,
  job: BuildJob,
  signal: AbortSignal,
  watch: BuildWatch,
): Promise<Omit<BuildOptions, 'onOutput' | 'onProgress'>> {
  const { wish, host } = job;
  const { settings, tag } = wish;
  return {
    source: await sourceOf(parts, job, signal, watch),
    tag,
    ...(settings.file === null ? {} : { dockerfile: settings.file }),
    buildArgs: settings.args,
    labels: settings.labels,
    ...(settings.target === null ? {} : { target: settings.target }),
    noCache: settings.noCache,
    pull: settings.pull && !host.noPull,
    ...(settings.platform === null ? {} : { platform: settings.platform }),
    ...(settings.network === null ? {} : { network: settings.network }),
    extraHosts: settings.extraHosts,
    logins: parts.logins(),
    signal,
  };
}

async function sourceOf(
  { imagePolicy, maxBytes }: SourceParts,
  { wish: { source, settings }, host, upload }: BuildJob,
  signal: AbortSignal,
  watch: BuildWatch,
): Promise<BuildOptions['source']> {
  const file = settings.file ?? 'Dockerfile';
  const tar = (bytes: AsyncIterable<Buffer>) =>
    ({ kind: 'tar', bytes: told(bytes, () => watch.sent?.()) }) as const;
  const onDockerfile = (text: string) => refuseBases(imagePolicy, host, text, settings, signal);
  switch (source.kind) {
    case 'git':
      refuseUnseenBases(imagePolicy, host);
      watch.sent?.();
      return { kind: 'git', url: source.url };
    case 'dockerfile':
      await onDockerfile(source.text);
      return tar(dockerfileTar(source.text));
    case 'context': {
      const folder = await folderTar(source.path, { file, maxBytes, signal });
      await onDockerfile(folder.dockerfile);
      return tar(folder.bytes);
    }
    case 'upload':
      if (upload === null) throw new Error('the bytes of an upload are missing');
      return tar(uploadTar(upload, { file, maxBytes, onDockerfile }));
  }
}

/** Calls `sent` when all was read. */
async function* told(bytes: AsyncIterable<Buffer>, sent: () => void): AsyncGenerator<Buffer> {
  yield* bytes;
  sent();
}
