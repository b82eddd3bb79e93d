/** Builds by the engine's classic builder. */
import type Docker from 'dockerode';
import { AppError } from '#lib/domain/errors.ts';
import type { BuildOptions } from '../image-facts.ts';
import { answerLines, transferProgress } from './answer-lines.ts';
import type { BuildDebris } from './build-debris.ts';
import { exchange, type Exchange } from './exchange.ts';
import { inspectImage, removeImage } from './images.ts';
import { toAppError } from './problems.ts';
import { object, text } from './shapes.ts';

/** A build that does not come to its end leaves nothing behind: what its steps had made is taken away. */
export async function buildImage(
  docker: Docker,
  debris: BuildDebris,
  options: BuildOptions,
): Promise<{ readonly imageId: string }> {
  const { signal, tag, onOutput, onProgress } = options;
  const trace = await debris.begin();
  let imageId: string | null = null;
  try {
    for await (const line of answerLines(exchange(docker, requestOf(options)))) {
      const output = text(line['stream']);
      if (output !== '') {
        trace.output.take(output);
        onOutput?.(output);
      }
      if (text(line['status']) !== '') onProgress?.(transferProgress(line));
      imageId = text(object(line['aux'])['ID']) || imageId;
    }
    signal.throwIfAborted();
  } catch (error) {
    if (imageId !== null) await takeBackName(docker, tag, imageId).catch(() => undefined);
    await debris.end(trace, 'failed');
    throw toAppError(signal.aborted ? signal.reason : error, 'build', tag);
  }
  await debris.end(trace, 'made');
  if (imageId === null) throw new AppError('BUILD_FAILED', `${tag}: the build ended without an image`);
  return { imageId };
}

function requestOf(options: BuildOptions): Exchange {
  const { source, dockerfile, buildArgs, labels, target, platform, network, extraHosts } = options;
  const given = (key: string, value: string | undefined) => (value === undefined ? {} : { [key]: value });
  const json = (key: string, value: Readonly<Record<string, string>> | undefined) =>
    value === undefined ? {} : { [key]: JSON.stringify(value) };
  return {
    method: 'POST',
    path: '/build?',
    query: {
      t: options.tag,
      rm: true,
      forcerm: true,
      ...(options.noCache === true ? { nocache: true } : {}),
      ...(options.pull === true ? { pull: true } : {}),
      ...(source.kind === 'git' ? { remote: source.url } : {}),
      ...given('dockerfile', dockerfile),
      ...given('target', target),
      ...given('platform', platform),
      ...given('networkmode', network),
      ...json('buildargs', buildArgs),
      ...json('labels', labels),
      ...(extraHosts === undefined ? {} : { extrahosts: extraHosts }),
    },
    ...(source.kind === 'tar' ? { body: source.bytes } : {}),
    logins: options.logins ?? {},
    signal: options.signal,
  };
}

/** It was made in the same moment in which it was given up. */
async function takeBackName(docker: Docker, tag: string, imageId: string): Promise<void> {
  if ((await inspectImage(docker, tag))?.id === imageId) await removeImage(docker, tag, { force: false });
}
