import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import { BUILT_IN_TYPES } from '#lib/domain/agent-types.ts';
import { AppError } from '#lib/domain/errors.ts';
import { formatBytes } from '#lib/domain/quantities.ts';
import type { Engine, PullProgress } from '../engine/engine.ts';
import type { Operation } from './operations.ts';

/**
 * Sees to it that the image of a spec is on the host, by its pull policy, and gives its id. Throws IMAGE_NOT_FOUND when it may not be pulled,
 * PULL_FAILED with the registry's answer.
 */
export async function bringImage(
  operation: Operation,
  engine: Engine,
  { image, pull }: Pick<AgentSpec, 'image' | 'pull'>,
  platform: string | null,
  note: (text: string) => void,
): Promise<string> {
  const here = await engine.inspectImage(image, operation.signal);
  if (here !== null && pull !== 'always') {
    note('here already');
    return here.id;
  }
  if (pull === 'never') {
    throw new AppError('IMAGE_NOT_FOUND', `The image ${image} is not on this host`, {
      hint: BUILT_IN_TYPES.some((type) => type.image === image)
        ? 'This type has no image here yet. Name one with "image".'
        : 'Pull it first, or allow it to be pulled.',
    });
  }
  const sums = new PullSums();
  await engine.pullImage(image, {
    signal: operation.signal,
    ...(platform === null ? {} : { platform }),
    onProgress: (progress) => {
      if (progress.total === null)
        operation.output(progress.layer === null ? progress.status : `${progress.layer}: ${progress.status}`);
      const { percent, text } = sums.add(progress);
      operation.progress('image', percent, `Pulling ${text === '' ? image : text}`);
    },
  });
  const pulled = await engine.inspectImage(image, operation.signal);
  if (pulled === null) throw new AppError('PULL_FAILED', `${image} was pulled and is not here`);
  note('pulled');
  return pulled.id;
}

/** How far a pull is, over all its layers. */
class PullSums {
  readonly #layers = new Map<string, { current: number; total: number }>();

  add({ layer, status, current, total }: PullProgress): { percent: number | null; text: string } {
    if (layer !== null && total !== null && status === 'Downloading')
      this.#layers.set(layer, { current: current ?? 0, total });
    if (layer !== null && /complete|exists/i.test(status)) {
      const known = this.#layers.get(layer);
      if (known !== undefined) this.#layers.set(layer, { ...known, current: known.total });
    }
    const sums = [...this.#layers.values()].reduce(
      (sum, each) => ({ current: sum.current + each.current, total: sum.total + each.total }),
      { current: 0, total: 0 },
    );
    if (sums.total === 0) return { percent: null, text: '' };
    const percent = Math.floor((sums.current / sums.total) * 100);
    return { percent, text: `${percent} %, ${formatBytes(sums.current)} of ${formatBytes(sums.total)}` };
  }
}
