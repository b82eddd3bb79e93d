import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import type { BuildOptions, Engine } from '../engine.ts';
import { contextOf, failing, piecesOf } from './contexts.ts';
import { PATIENCE, expectRefusal, refusal, unique, type Yard } from './yard.ts';

export function describeBuilds(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const signal = new AbortController().signal;
  const ids = async () => (await engine().listImages()).map(({ id }) => id).toSorted();
  const nameOf = () => `slipway-test/build:${unique('build')}`;

  /** Builds, keeps the image for the cleaning, and gives the output with it. */
  async function build(
    dockerfile: readonly string[],
    more: Partial<BuildOptions> & { readonly files?: Readonly<Record<string, string>> } = {},
  ) {
    let output = '';
    const { files, ...options } = more;
    const { imageId } = await engine().buildImage({
      source: { kind: 'tar', bytes: contextOf([`FROM ${yard().image}`, ...dockerfile], files) },
      tag: nameOf(),
      signal,
      onOutput: (text) => (output += text),
      ...options,
    });
    yard().keep(imageId);
    return { imageId, output };
  }

  describe('a build', () => {
    it('tells its steps and what they say, and gives an image with its tag', async () => {
      const tag = nameOf();
      const { imageId, output } = await build(['RUN echo first words', 'CMD ["echo", "made"]'], { tag });
      expect(output).toMatch(/^Step 1\/3 : FROM \S+\n ---> [0-9a-f]{12}\nStep 2\/3 : RUN echo first words\n/);
      expect(output).toMatch(/\nfirst words\n/);
      expect(output).toMatch(/\nSuccessfully built [0-9a-f]{12}\nSuccessfully tagged /);
      const facts = await engine().inspectImage(tag);
      expect(facts).toMatchObject({ id: imageId, tags: [tag], config: { command: ['echo', 'made'] } });
      expect(facts?.platform).toMatch(/^linux\//);
      const base = await engine().inspectImage(yard().image);
      expect(facts?.layers?.slice(0, base?.layers?.length)).toEqual(base?.layers);
    });

    it('takes arguments, labels, and files of its context', async () => {
      const dockerfile = ['ARG COLOUR', 'ENV SHADE=$COLOUR', 'COPY notes.txt /notes/', 'LABEL kind=fox'];
      const { imageId } = await build(dockerfile, {
        buildArgs: { COLOUR: 'red' },
        labels: { 'slipway.test': 'a b' },
        files: { 'notes.txt': 'read me' },
      });
      const facts = await engine().inspectImage(imageId);
      expect(facts?.config?.env).toContain('SHADE=red');
      expect(facts?.labels).toMatchObject({ kind: 'fox', 'slipway.test': 'a b' });
      const id = await yard().create({ Image: imageId });
      expect(await engine().statPath(id, '/notes/notes.txt')).toMatchObject({ kind: 'file', size: 7 });
    });

    it('takes a step that it has made before from the cache, unless told not to', async () => {
      const dockerfile = [`ENV MARK=${unique('cache')}`, 'RUN echo spoken'];
      const first = await build(dockerfile);
      expect(first.output).not.toContain('Using cache');
      const again = await build(dockerfile);
      expect(again.output.match(/ ---> Using cache\n/g)).toHaveLength(2);
      expect(again.output).not.toContain('\nspoken\n');
      expect(again.imageId).toBe(first.imageId);
      const anew = await build(dockerfile, { noCache: true });
      expect(anew.output).toContain('\nspoken\n');
    });

    it('takes another file as its Dockerfile, and only the stages up to its target', async () => {
      const other = [`FROM ${yard().image} AS one`, 'ENV STAGE=one', 'FROM one AS two', 'ENV STAGE=two'];
      const { imageId } = await build([], {
        dockerfile: 'build/Other',
        files: { 'build/Other': other.join('\n') },
        target: 'one',
      });
      expect((await engine().inspectImage(imageId))?.config?.env).toContain('STAGE=one');
    });

    it('that fails in a step says which, and leaves neither tag nor image nor container', async () => {
      const before = await ids();
      const tag = nameOf();
      const dockerfile = [`ENV MARK=${unique('failing')}`, 'RUN echo done', 'RUN exit 3'];
      const error = await refusal(build(dockerfile, { tag }));
      expect(error).toMatchObject({ code: 'BUILD_FAILED' });
      expect(error.message).toContain("The command '/bin/sh -c exit 3' returned a non-zero code: 3");
      expect(await engine().inspectImage(tag)).toBeNull();
      expect(await ids()).toEqual(before);
      const made = (await engine().listContainers()).filter(
        ({ image }) => !image.startsWith('slipway-test/'),
      );
      expect(made).toEqual([]);
    });

    it.each([
      ['an instruction that is none', ['NONSENSE x'], /unknown instruction: NONSENSE/],
      ['a file that is not there', ['COPY absent /'], /COPY failed: .*absent/],
    ])('of %s fails', async (_, dockerfile, words) => {
      const error = await refusal(build(dockerfile));
      expect(error).toMatchObject({ code: 'BUILD_FAILED' });
      expect(error.message).toMatch(words);
    });

    it('without a Dockerfile, or of what is no tar, fails', async () => {
      await expectRefusal(build([], { dockerfile: 'absent' }), 'BUILD_FAILED');
      const bytes = piecesOf(Buffer.alloc(2048, 'x'), 1);
      await expectRefusal(build([], { source: { kind: 'tar', bytes } }), 'BUILD_FAILED');
    });

    it('whose context fails on the way fails with its error', async () => {
      const error = new AppError('NOT_FOUND', 'the folder went away');
      const bytes = failing(error);
      expect(await refusal(build([], { source: { kind: 'tar', bytes } }))).toBe(error);
    });

    it('of an image that no registry has fails with what the registry says', async () => {
      const lines = ['FROM 127.0.0.1:1/slipway-test/absent:1'];
      const error = await refusal(build([], { source: { kind: 'tar', bytes: contextOf(lines) } }));
      expect(error).toMatchObject({ code: 'BUILD_FAILED' });
      expect(error.message).toContain('connection refused');
    });

    it('of a git address that cannot be reached fails', async () => {
      const source = { kind: 'git', url: 'https://127.0.0.1:1/absent.git' } as const;
      const error = await refusal(build([], { source }));
      expect(error).toMatchObject({ code: 'BUILD_FAILED' });
      expect(error.message).toContain('unable to access');
    });

    it('ends by its signal, also in the middle of a step, and leaves nothing', async () => {
      const before = await ids();
      const over = new AbortController();
      const tag = nameOf();
      const dockerfile = [`ENV MARK=${unique('cancelled')}`, 'RUN echo go && sleep 60'];
      const work = build(dockerfile, {
        tag,
        signal: over.signal,
        onOutput: (text) => {
          if (text.includes('go\n') && !text.includes('Step')) over.abort();
        },
      });
      await expectRefusal(work, 'CANCELLED');
      expect(await engine().inspectImage(tag)).toBeNull();
      await expect.poll(ids, PATIENCE).toEqual(before);
    });
  });

  describe('the history of an image', () => {
    it('begins with its newest step', async () => {
      const { imageId } = await build(['RUN echo one', 'LABEL kind=fox']);
      const [newest, older] = await engine().imageHistory(imageId);
      expect(newest).toMatchObject({ id: imageId, size: 0 });
      expect(newest?.createdBy).toContain('LABEL kind=fox');
      expect(newest?.createdAt).toBeGreaterThan(Date.UTC(2020, 0));
      expect(older?.createdBy).toContain('echo one');
    });

    it('of one that is not here is refused', async () => {
      await expectRefusal(engine().imageHistory('slipway-test/absent:1'), 'IMAGE_NOT_FOUND');
    });
  });
}
