/** Builds on a real engine: where the files come from, what a build that does not come to its end leaves, and two at once. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BuildView } from '#lib/protocol/builds.ts';
import { folderTar } from '../services/folder-tar.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const run = promisify(execFile);
const WAIT = { wait: true };
const LONG = { timeout: 20_000 };

describe.skipIf(NO_ENGINE !== undefined)('builds on a real engine', () => {
  let real: RealApp;
  let count = 0;
  beforeAll(async () => {
    real = await realApp();
  }, 60_000);
  afterAll(() => real.close(), 60_000);

  const builds = () => real.app.services.builds;
  const tagOf = () => `slipway/${real.run}-built:${(count += 1)}`;
  const build = async (input: Readonly<Record<string, unknown>>): Promise<BuildView> =>
    (await builds().create(real.admin, input, WAIT)).build;
  /** Begun, and not waited for. */
  const begin = (input: Readonly<Record<string, unknown>>) => builds().create(real.admin, input);
  const get = (id: string) => builds().get(real.admin, id);
  const steps = (id: string) => get(id).steps;
  const ended = (id: string) => expect.poll(() => get(id).state, LONG).not.toBe('running');
  const cat = (image: string, path: string) => real.docker('run', '--rm', image, 'cat', path);
  /** Every image, those in the middle of others too. */
  const images = async () => (await real.docker('images', '-aq', '--no-trunc')).split('\n').sort();
  const containers = () => real.docker('ps', '-aq');
  const logOf = async (id: string) => {
    const signal = new AbortController().signal;
    const pieces: Buffer[] = [];
    for await (const piece of builds().log(real.admin, id, { follow: false, signal })) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  };
  const folder = (files: Readonly<Record<string, string>>): string => {
    const path = mkdtempSync(join(tmpdir(), 'slipway-context-'));
    onTestFinished(() => {
      rmSync(path, { recursive: true, force: true });
    });
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(path, name, '..'), { recursive: true });
      writeFileSync(join(path, name), text);
    }
    return path;
  };
  const tarOf = async (path: string): Promise<Buffer> => {
    const options = { file: 'Dockerfile', maxBytes: 1e9, signal: new AbortController().signal };
    const pieces: Buffer[] = [];
    for await (const piece of (await folderTar(path, options)).bytes) pieces.push(piece);
    return Buffer.concat(pieces);
  };

  it('a typed Dockerfile becomes an image with its args and labels, and its steps are cached the second time', async () => {
    const tag = tagOf();
    const input = {
      dockerfile: `FROM ${real.image}\nARG WORD=none\nRUN echo "$WORD ${real.run}" > /word\n`,
      tag,
      args: { WORD: 'it is' },
      buildArgs: ['--label', 'team=blue', `--tag=${tag}-too`],
    };
    const first = await build(input);
    expect(first).toMatchObject({ state: 'succeeded', tag, source: 'a Dockerfile', error: null });
    expect(await cat(tag, '/word')).toBe(`it is ${real.run}`);
    const [made, also] = await Promise.all([
      real.engine.inspectImage(tag),
      real.engine.inspectImage(`${tag}-too`),
    ]);
    expect(made).toMatchObject({ id: first.imageId, labels: { team: 'blue' } });
    expect(also?.id).toBe(first.imageId);
    expect(first.steps.map((each) => [each.number, each.state, each.cached])).toEqual([
      [1, 'done', false],
      [2, 'done', false],
      [3, 'done', false],
      [4, 'done', false],
    ]);
    const again = await build(input);
    expect(again.imageId).toBe(first.imageId);
    expect(again.steps.slice(1).every((each) => each.cached)).toBe(true);
    const anew = await build({ ...input, noCache: true });
    expect(anew.steps.some((each) => each.cached)).toBe(false);
    expect(await logOf(first.id)).toContain('Successfully built');
  });

  it('a folder is sent without what .dockerignore names, with its links as links and nothing from outside', async () => {
    const path = folder({
      Dockerfile: `FROM ${real.image}\nCOPY . /context/\n`,
      'docker/Other': `FROM ${real.image}\nCOPY src/kept.txt /other\n`,
      '.dockerignore': 'Dockerfile\n.dockerignore\ndocker\n**/*.log\nsecret\n!secret/public.txt\n',
      'src/kept.txt': 'kept',
      'src/deep/noise.log': 'noise',
      'secret/key': 'key',
      'secret/public.txt': 'public',
    });
    symlinkSync('src/kept.txt', join(path, 'link'));
    symlinkSync('/etc/hostname', join(path, 'outside'));
    const socket = createServer().listen(join(path, 'socket'));
    onTestFinished(() => {
      socket.close();
    });
    const tag = tagOf();
    await build({ context: path, tag });
    const listed = await real.docker('run', '--rm', tag, 'sh', '-c', 'cd /context && grep -r "" . ; ls');
    expect(listed).toContain('src/kept.txt:kept');
    expect(listed).toContain('secret/public.txt:public');
    expect(listed).not.toMatch(/noise|secret\/key|Dockerfile|socket/);
    expect(
      await real.docker('run', '--rm', tag, 'sh', '-c', 'test -h /context/link && cat /context/link'),
    ).toBe('kept');
    expect(await real.docker('run', '--rm', tag, 'sh', '-c', 'test -h /context/outside && echo link')).toBe(
      'link',
    );
    const other = tagOf();
    await build({ context: path, file: 'docker/Other', tag: other });
    expect(await cat(other, '/other')).toBe('kept');
  });

  it.each([
    ['plain', (bytes: Buffer) => bytes],
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
  ])('an uploaded tar is built from (%s)', async (_, pack) => {
    const bytes = pack(
      await tarOf(folder({ Dockerfile: `FROM ${real.image}\nCOPY big /big\n`, big: 'x'.repeat(3_000_000) })),
    );
    const tag = tagOf();
    const made = await builds().upload(real.admin, { tag }, inPieces(bytes), WAIT);
    expect(made.build).toMatchObject({ state: 'succeeded', source: 'an upload' });
    expect(await real.docker('run', '--rm', tag, 'sh', '-c', 'cat /big | tail -c 3')).toBe('xxx');
  });

  it('an upload that is no tar, is cut off or has no Dockerfile is refused, and nothing is left of it', async () => {
    const good = await tarOf(
      folder({ Dockerfile: `FROM ${real.image}\nRUN touch /x\n`, more: 'm'.repeat(5_000) }),
    );
    const before = await images();
    const cases = [
      Buffer.from('not a tar'.repeat(500)),
      good.subarray(0, 3_000),
      gzipSync(good).subarray(0, 100),
      Buffer.alloc(0),
      await tarOf(folder({ Dockerfile: 'FROM x' })).then((tar) => renamed(tar)),
    ];
    for (const bytes of cases)
      await expect(
        builds().upload(real.admin, { tag: tagOf() }, inPieces(bytes), WAIT),
      ).rejects.toMatchObject({
        code: 'VALIDATION',
      });
    expect(await images()).toEqual(before);
  });

  it('a git repository is fetched by the engine, by branch and folder', async () => {
    const work = folder({
      'docker/Dockerfile': `FROM ${real.image}\nCOPY word /word\n`,
      'docker/word': 'from git',
    });
    const git = (...args: string[]) => run('git', ['-C', work, ...args]);
    await git('init', '-q', '-b', 'trunk');
    await git('add', '.');
    await git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'one');
    const site = folder({ Dockerfile: `FROM ${real.image}\nCOPY repository.git /www/repository.git\n` });
    await run('git', ['clone', '-q', '--bare', work, join(site, 'repository.git')]);
    await run('git', ['-C', join(site, 'repository.git'), 'update-server-info']);
    const server = tagOf();
    await build({ context: site, tag: server });
    const id = await real.docker('run', '-d', '-p', '127.0.0.1::80', server, 'httpd', '-f', '-h', '/www');
    onTestFinished(async () => {
      await real.docker('rm', '-f', id);
    });
    const port = (await real.docker('port', id, '80/tcp')).split(':').at(-1) ?? '';
    const tag = tagOf();
    const git127 = `http://127.0.0.1:${port}/repository.git#trunk:docker`;
    expect(await build({ git: git127, tag })).toMatchObject({ state: 'succeeded', source: `git ${git127}` });
    expect(await cat(tag, '/word')).toBe('from git');
  });

  it('a failing step is named with its last output, and leaves no tag, no image and no container', async () => {
    const before = { images: await images(), containers: await containers() };
    const tag = tagOf();
    const dockerfile = `FROM ${real.image} AS one\nRUN echo first ${tag} > /a\nFROM ${real.image}\nCOPY --from=one /a /b\nRUN echo about to break; exit 7\n`;
    await expect(build({ dockerfile, tag })).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringContaining('step 5 of 5') as string,
      details: { step: 'RUN echo about to break; exit 7', output: ['about to break'] },
    });
    const [row] = builds().list(real.admin);
    expect(row).toMatchObject({ tag, state: 'failed', imageId: null, error: { code: 'BUILD_FAILED' } });
    expect(row?.steps.at(-1)).toMatchObject({ number: 5, state: 'failed' });
    expect(await logOf(row?.id ?? '')).toContain('about to break');
    expect({ images: await images(), containers: await containers() }).toEqual(before);
  });

  it('a cancelled build really stops, and leaves nothing', async () => {
    const before = { images: await images(), containers: await containers() };
    const tag = tagOf();
    const { build: begun, operation } = await begin({
      dockerfile: `FROM ${real.image}\nRUN echo ${tag} > /a\nRUN sleep 600\n`,
      tag,
    });
    await expect.poll(() => steps(begun.id).at(-1)?.instruction, LONG).toBe('RUN sleep 600');
    await expect.poll(containers, LONG).not.toBe(before.containers);
    real.app.services.operations.cancel(real.admin, operation.id);
    await ended(begun.id);
    expect(get(begun.id)).toMatchObject({ state: 'cancelled', error: { code: 'CANCELLED' } });
    expect({ images: await images(), containers: await containers() }).toEqual(before);
  });

  it('past its time limit a build fails saying so, and leaves nothing', async () => {
    const before = { images: await images(), containers: await containers() };
    const tag = tagOf();
    const dockerfile = `FROM ${real.image}\nRUN echo ${tag} > /a\nRUN echo still here; sleep 600\n`;
    await expect(build({ dockerfile, tag, timeout: 2 })).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringContaining('did not end within 2 s') as string,
      details: { step: 'RUN echo still here; sleep 600', output: ['still here'] },
    });
    expect({ images: await images(), containers: await containers() }).toEqual(before);
  });

  it("takes away nothing that others have: their unnamed images stay, whatever a step's output says", async () => {
    const base = `FROM ${real.image}\nRUN echo ${real.run} > /shared\n`;
    const theirs = await real.docker('build', '-q', folder({ Dockerfile: base }));
    const named = tagOf();
    await build({ dockerfile: `FROM ${real.image}\nRUN echo ${named} > /n\n`, tag: named });
    const victim = (await real.engine.inspectImage(named))?.id.slice(7, 19) ?? '';
    const unnamed = await real.docker(
      'build',
      '-q',
      folder({ Dockerfile: `FROM ${real.image}\nRUN echo ${victim} > /u\n` }),
    );
    const before = await images();
    const lie = (id: string) =>
      `RUN printf ' ---> %s\\n' ${id}; printf 'Step 1/1 : RUN x\\n ---> %s\\n' ${id}; exit 1`;
    for (const id of [victim, unnamed.slice(7, 19)]) {
      const dockerfile = `${base}RUN echo ours ${id} > /ours\n${lie(id)}\n`;
      await expect(build({ dockerfile, tag: tagOf() })).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    }
    expect(await images()).toEqual(before);
    for (const id of [theirs, unnamed]) await real.docker('rmi', id);
  });

  it('two builds at once do not harm each other, also when one of them breaks', async () => {
    const shared = `FROM ${real.image}\nRUN echo ${tagOf()} > /one\nRUN echo two > /two\n`;
    for (let round = 0; round < 3; round += 1) {
      const tag = tagOf();
      const before = await images();
      const [bad, good] = await Promise.allSettled([
        build({ dockerfile: `${shared}RUN exit 1\n`, tag: tagOf() }),
        build({ dockerfile: `${shared}RUN echo ${tag} > /three\n`, tag }),
      ]);
      expect(bad.status).toBe('rejected');
      expect(good).toMatchObject({ status: 'fulfilled', value: { state: 'succeeded' } });
      await real.docker('rmi', tag);
      expect(await images()).toEqual(before);
    }
  });

  it('an agent is built first and then runs what came of it, and one whose build breaks leaves nothing', async () => {
    const spawn = (name: string, dockerfile: string) =>
      real.app.services.agents.spawn(
        real.admin,
        { name, type: 'custom', build: { dockerfile, args: { WORD: 'built' } }, command: ['sleep', '600'] },
        WAIT,
      );
    const one = await spawn(`${real.run}-made`, `FROM ${real.image}\nARG WORD\nRUN echo $WORD > /word\n`);
    expect(one).toMatchObject({
      state: 'ready',
      spec: { image: expect.stringMatching(/^slipway\/build-custom:/) as string },
    });
    expect(await real.docker('exec', one.containerId ?? '', 'cat', '/word')).toBe('built');
    expect(builds().list(real.admin)[0]).toMatchObject({
      tag: one.image,
      state: 'succeeded',
      imageId: one.imageId,
    });
    const before = { images: await images(), containers: await containers() };
    await expect(
      spawn(`${real.run}-broken`, `FROM ${real.image}\nRUN echo ${real.run} > /x\nRUN false\n`),
    ).rejects.toMatchObject({ code: 'BUILD_FAILED', details: { step: 'RUN false' } });
    expect({ images: await images(), containers: await containers() }).toEqual(before);
  });
});

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 60_000)
    yield await Promise.resolve(new Uint8Array(bytes.subarray(at, at + 60_000)));
}

/** The same tar, its Dockerfile under another name. */
function renamed(tar: Buffer): Buffer {
  const copy = Buffer.from(tar);
  copy.write('Xockerfile', 0);
  const sum = copy
    .subarray(0, 512)
    .reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return copy;
}
