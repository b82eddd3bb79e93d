import { describe, expect, it } from 'vitest';
import type { Engine, TransferProgress } from '../engine.ts';
import { expectRefusal, refusal, type Yard } from './yard.ts';

export function describePulls(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const signal = new AbortController().signal;
  const ids = async () => (await engine().listImages()).map(({ id }) => id).toSorted();

  describe('a pull', () => {
    it('tells its progress and ends when the image is here', async () => {
      const { pullable } = yard().subject;
      const progress: TransferProgress[] = [];
      await engine().removeImage(pullable, { force: true });
      await engine().pullImage(pullable, { signal, onProgress: (each) => progress.push(each) });
      const facts = await engine().inspectImage(pullable);
      yard().keep(facts?.id ?? '');
      expect(facts?.tags).toEqual([pullable]);
      expect(facts?.digests[0]).toMatch(/@sha256:[0-9a-f]{64}$/);
      expect(progress.some(({ layer, status }) => layer !== null && status === 'Pull complete')).toBe(true);
      for (const { current, total } of progress) expect(current ?? 0).toBeLessThanOrEqual(total ?? Infinity);
      await yard().start({ Image: pullable });
    });

    it('of what its registry does not have is refused', async () => {
      const other = (tag: string) => yard().subject.pullable.replace(/:[^:/]*$/, `:${tag}`);
      await expectRefusal(engine().pullImage(other('absent'), { signal }), 'IMAGE_NOT_FOUND');
    });

    it('from a registry that cannot be reached fails', async () => {
      await expectRefusal(engine().pullImage('127.0.0.1:1/slipway-test/absent:1', { signal }), 'PULL_FAILED');
    });

    it('of which a layer breaks off fails, and nothing of it is here', async () => {
      const { broken } = yard().subject;
      const before = await ids();
      const error = await refusal(engine().pullImage(broken, { signal }));
      expect(error).toMatchObject({ code: 'PULL_FAILED' });
      expect(error.message).toContain('layer verification failed');
      expect(await engine().inspectImage(broken)).toBeNull();
      expect(await ids()).toEqual(before);
    });

    it('ends by its signal, before it has begun and in the middle, and nothing of it is here', async () => {
      const { pullable } = yard().subject;
      await engine().removeImage(pullable, { force: true });
      await expectRefusal(engine().pullImage(pullable, { signal: AbortSignal.abort() }), 'CANCELLED');
      const over = new AbortController();
      const onProgress = () => {
        over.abort();
      };
      await expectRefusal(engine().pullImage(pullable, { signal: over.signal, onProgress }), 'CANCELLED');
      expect(await engine().inspectImage(pullable)).toBeNull();
    });
  });
}
