/** Files of agents on a real engine: odd names, every kind of file, running and stopped, with and without a shell. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack, type Header } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileView, FolderView } from '#lib/protocol/files.ts';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { busyboxFiles, importImage } from '../engine/testing/tiny-image.ts';
import type { Actor } from '../services/access.ts';
import { walkTar } from '../services/image-walk.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';
import { person } from '../testing/world.ts';

const CALM = 'trap "exit 0" TERM; while :; do sleep 0.1; done';
const ODD = [
  'a name',
  '-rf',
  '--help',
  "it's",
  '"quoted"',
  'two\nlines',
  'ends with\n',
  'ünï-çødé',
  '$(touch pwned)',
  '`id`',
  '...',
  'back\\slash',
  '*',
  '%2e%2e',
  'é'.repeat(127),
  'x'.repeat(255),
];

const never = () => new AbortController().signal;
const sent = (text: string | Buffer) => ({
  content: Readable.from([Buffer.from(text)]),
  size: Buffer.byteLength(text),
});

describe.skipIf(NO_ENGINE !== undefined)('files of an agent on a real engine', () => {
  let real: RealApp;
  let admin: Actor;
  beforeAll(async () => {
    real = await realApp();
    ({ admin } = real);
  }, 60_000);
  afterAll(() => real.close(), 60_000);

  const files = () => real.app.services.files;
  const spawn = (name: string, more: Readonly<Record<string, unknown>> = {}): Promise<AgentDetailView> =>
    real.app.services.agents.spawn(
      admin,
      {
        name: `${name}-${real.run}`,
        type: 'custom',
        image: real.image,
        command: ['sh', '-c', CALM],
        ...more,
      },
      { wait: true },
    );
  const run = async (agent: AgentDetailView, script: string, ...args: string[]) => {
    const command = ['sh', '-c', script, 'sh', ...args];
    const result = await real.engine.execute(agent.containerId ?? '', { command, timeoutMs: 60_000 });
    expect(result.stderr.toString()).toBe('');
    return result.stdout.toString();
  };
  const folder = async (agent: AgentDetailView, path: string, more: object = {}): Promise<FolderView> => {
    const view = await files().look(admin, agent.id, { path, ...more });
    if (!('entries' in view)) throw new Error(`${path} is no folder`);
    return view;
  };
  const file = async (agent: AgentDetailView, path: string): Promise<FileView> => {
    const view = await files().look(admin, agent.id, { path });
    if ('entries' in view) throw new Error(`${path} is a folder`);
    return view;
  };
  const read = async (agent: AgentDetailView, path: string): Promise<string> =>
    (await buffer((await files().content(admin, agent.id, { path }, never())).bytes)).toString();
  const write = (agent: AgentDetailView, path: string, text: string, more: object = {}) =>
    files().write(admin, agent.id, { path }, sent(text), { signal: never(), ...more });
  const names = ({ entries }: FolderView) => entries.map(({ name }) => name);

  it('names are data: written, listed, read, moved and deleted in one that runs, read and written in one that is stopped', async () => {
    const agent = await spawn('odd');
    await files().makeFolder(admin, agent.id, { path: '/work' });
    await Promise.all(ODD.map((name) => write(agent, `/work/${name}`, `content of ${name}`)));
    const listed = await folder(agent, '/work');
    expect(listed.source).toBe('inside');
    expect(names(listed)).toEqual(ODD.toSorted());
    expect(await Promise.all(ODD.map((name) => read(agent, `/work/${name}`)))).toEqual(
      ODD.map((name) => `content of ${name}`),
    );
    await files().move(admin, agent.id, { from: '/work/-rf', to: '/work/two\nmore' });
    await files().move(admin, agent.id, { from: '/work/two\nmore', to: '/work/-rf' });
    expect(await run(agent, 'cd /; echo *pwned*; ls -a /work | grep -c part; :')).toBe('*pwned*\n0\n');

    await real.engine.stopContainer(agent.containerId ?? '', 1000);
    const stopped = await folder(agent, '/work');
    expect([stopped.source, stopped.means]).toEqual(['archive', { write: null, move: 'stopped' }]);
    expect(names(stopped)).toEqual(ODD.toSorted());
    await Promise.all(ODD.map((name) => write(agent, `/work/${name}`, `later ${name}`)));
    expect(await Promise.all(ODD.map((name) => read(agent, `/work/${name}`)))).toEqual(
      ODD.map((name) => `later ${name}`),
    );
    await expect(files().delete(admin, agent.id, { path: '/work/-rf' })).rejects.toMatchObject({
      code: 'CONFLICT',
      hint: expect.stringContaining('Start the agent') as string,
    });
    await real.engine.startContainer(agent.containerId ?? '');
    const gone = ODD.slice(0, 6);
    await Promise.all(gone.map((name) => files().delete(admin, agent.id, { path: `/work/${name}` })));
    expect(names(await folder(agent, '/work'))).toEqual(ODD.slice(6).toSorted());
  }, 120_000);

  it('everything that is no file is shown as what it is, and never opened', async () => {
    const agent = await spawn('kinds', { tmpfs: ['/scratch'], volumes: [`v-${real.run}:/data`] });
    await run(
      agent,
      'mkdir -p /k/real; cd /k; echo hi > file; busybox ln -s real tofolder; busybox ln -s file tofile; busybox ln -s gone broken; busybox ln -s loop loop; busybox mkfifo pipe; echo mem > /scratch/note',
    );
    const listed = await folder(agent, '/k');
    expect(
      Object.fromEntries(listed.entries.map(({ name, kind, link }) => [name, link === null ? kind : link])),
    ).toEqual({
      real: 'folder',
      file: 'file',
      pipe: 'fifo',
      tofolder: { target: 'real', to: 'folder' },
      tofile: { target: 'file', to: 'file' },
      broken: { target: 'gone', to: null },
      loop: { target: 'loop', to: null },
    });
    for (const path of ['/k/pipe', '/dev/null', '/proc/1/environ'])
      await expect(read(agent, path)).rejects.toMatchObject({ code: 'VALIDATION' });
    for (const path of ['/k/broken', '/k/loop', '/k/none', '/k/file/x'])
      await expect(read(agent, path)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await file(agent, '/k/loop')).entry).toMatchObject({ kind: 'link', link: { to: null } });
    expect(await read(agent, '/k/tofile')).toBe('hi\n');
    expect(names(await folder(agent, '/k/tofolder'))).toEqual([]);
    expect(await read(agent, '/k/../../../k/file')).toBe('hi\n');

    const root = await folder(agent, '/');
    expect(
      root.entries.filter(({ mount }) => mount !== null).map(({ path, mount }) => [path, mount]),
    ).toEqual([
      ['/data', 'volume'],
      ['/scratch', 'tmpfs'],
    ]);
    expect(await read(agent, '/scratch/note')).toBe('mem\n');
    await write(agent, '/scratch/sent', 'in memory');
    expect(await run(agent, 'cat /scratch/sent; ls -a /scratch | grep -c part; :')).toBe('in memory0\n');

    await real.engine.stopContainer(agent.containerId ?? '', 1000);
    expect(await folder(agent, '/scratch')).toMatchObject({ count: 0, emptyTmpfs: true });
    const resting = await folder(agent, '/k');
    expect(resting.entries.map(({ name, kind, link }) => [name, kind, link?.to ?? null])).toEqual([
      ['real', 'folder', null],
      ['broken', 'link', null],
      ['file', 'file', null],
      ['loop', 'link', null],
      ['pipe', 'fifo', null],
      ['tofile', 'link', 'file'],
      ['tofolder', 'link', 'folder'],
    ]);
    await expect(read(agent, '/k/pipe')).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(write(agent, '/scratch/x', 'x')).rejects.toMatchObject({ code: 'CONFLICT' });
    await write(agent, '/data/x', 'in a volume');
    expect(await read(agent, '/data/x')).toBe('in a volume');
  }, 60_000);

  it('a sender that breaks off leaves nothing, running and stopped, with and without a length', async () => {
    const agent = await spawn('broken');
    await run(agent, 'mkdir /work; echo old > /work/file');
    const half = async function* () {
      yield Buffer.alloc(100_000, 'x');
      await Promise.resolve();
      throw new Error('the sender went away');
    };
    const attempt = (size: number | null, path: string) =>
      files().write(admin, agent.id, { path }, { content: half(), size }, { signal: never() });
    for (const state of ['running', 'stopped'] as const) {
      if (state === 'stopped') await real.engine.stopContainer(agent.containerId ?? '', 1000);
      for (const size of [200_000, null])
        for (const path of ['/work/file', '/work/new'])
          await expect(attempt(size, path)).rejects.toThrow('the sender went away');
      expect(names(await folder(agent, '/work', { fresh: 'true' }))).toEqual(['file']);
      expect(await read(agent, '/work/file')).toBe('old\n');
    }
  }, 60_000);

  it('an edit keeps mode and owner, goes through a link, and is refused when the file is another one by then', async () => {
    const agent = await spawn('edit');
    await run(
      agent,
      'mkdir /work; cd /work; printf "one\r\ntwo\r\n" > file; chmod 750 file; busybox chown 12:34 file; busybox ln -s file link',
    );
    const opened = await files().open(admin, agent.id, { path: '/work/file' }, never());
    expect(opened.sight).toMatchObject({ kind: 'text', text: 'one\r\ntwo\r\n', lineEnds: 'crlf' });
    await write(agent, '/work/link', 'changed', { ifMatch: opened.version });
    expect(await run(agent, 'cd /work; cat link; stat -c " %a %u:%g" file; [ -L link ] && echo link')).toBe(
      'changed 750 12:34\nlink\n',
    );
    await expect(write(agent, '/work/file', 'late', { ifMatch: opened.version })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(write(agent, '/work/file', 'new', { onlyNew: true })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(write(agent, '/work', 'x')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(write(agent, '/none/file', 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }, 60_000);

  it('100,000 entries are listed in pages, running and stopped', async () => {
    const agent = await spawn('many');
    await run(agent, 'mkdir /many; cd /many; seq 1 100000 | busybox xargs touch; mkdir zfolder');
    const first = await folder(agent, '/many', { limit: '100' });
    expect([first.count, first.entries.length, first.nextCursor, first.entries[0]?.name]).toEqual([
      100_001,
      100,
      100,
      'zfolder',
    ]);
    const last = await folder(agent, '/many', { cursor: '100000' });
    expect([names(last), last.nextCursor]).toEqual([['99999'], undefined]);
    await real.engine.stopContainer(agent.containerId ?? '', 1000);
    const stopped = await folder(agent, '/many', { cursor: '99999', limit: '2' });
    expect([stopped.source, stopped.count, names(stopped)]).toEqual(['archive', 100_001, ['99998', '99999']]);
  }, 120_000);

  it('an image without a shell can be read and written, and says that nothing else is possible', async () => {
    const image = `slipway-test/shell-less:${real.run}`;
    const busybox = busyboxFiles().find(({ path }) => path === 'bin/busybox');
    if (busybox === undefined) throw new Error('there is no busybox');
    await importImage(real.socket, image, [{ ...busybox, path: 'sleep' }], ['CMD ["/sleep", "1000"]']);
    const agent = await real.app.services.agents.spawn(
      admin,
      { name: `bare-${real.run}`, type: 'custom', image },
      { wait: true },
    );
    const root = await folder(agent, '/');
    expect([root.source, root.means]).toEqual(['archive', { write: null, move: 'no-shell' }]);
    expect(names(root)).toContain('sleep');
    await files().makeFolder(admin, agent.id, { path: '/made' });
    await write(agent, '/made/file', 'hello');
    expect(await read(agent, '/made/file')).toBe('hello');
    expect(names(await folder(agent, '/made'))).toEqual(['file']);
    await expect(
      files().move(admin, agent.id, { from: '/made/file', to: '/made/other' }),
    ).rejects.toMatchObject({ code: 'CONFLICT', hint: expect.stringContaining('no shell') as string });
  }, 60_000);

  it('a read-only root refuses, and its memory does not; a user of its own may write where root may', async () => {
    const agent = await spawn('fixed', {
      security: { profile: 'hardened' },
      tmpfs: ['/tmp'],
      user: '1000:1000',
    });
    expect((await folder(agent, '/etc')).means).toEqual({ write: 'read-only', move: 'read-only' });
    await expect(write(agent, '/etc/x', 'x')).rejects.toMatchObject({ code: 'CONFLICT' });
    await write(agent, '/tmp/x', 'written');
    expect(await read(agent, '/tmp/x')).toBe('written');
    await files().move(admin, agent.id, { from: '/tmp/x', to: '/tmp/y' });
    await files().delete(admin, agent.id, { path: '/tmp/y' });
    expect((await folder(agent, '/tmp')).count).toBe(0);
  }, 60_000);

  it('folders come as tar and zip, and a tar is unpacked only when all of it is harmless', async () => {
    const agent = await spawn('packs');
    await run(
      agent,
      'mkdir -p /work/in; cd /work; echo one > "a b"; echo two > in/x; busybox ln -s x in/link; mkdir /to',
    );
    const packed = async (format: string) =>
      buffer((await files().archive(admin, agent.id, { path: '/work', format }, never())).bytes);
    const tar = await packed('tar');
    const entries: string[] = [];
    await walkTar(Readable.from([tar]), ({ name }) => void entries.push(name));
    expect(entries.toSorted()).toEqual(['work/', 'work/a b', 'work/in/', 'work/in/link', 'work/in/x']);
    const zip = await packed('zip');
    expect(zip.subarray(0, 2).toString()).toBe('PK');
    expect(['work/a b', 'work/in/x', 'work/in/link'].filter((name) => !zip.includes(name))).toEqual([]);

    const unpack = (bytes: Buffer) =>
      files().unpack(admin, agent.id, { path: '/to' }, Readable.from([bytes]));
    expect(await unpack(tar)).toEqual({ path: '/to', entries: 5 });
    expect(await read(agent, '/to/work/a b')).toBe('one\n');
    const bad: readonly Partial<Header>[] = [
      { name: '../x' },
      { name: '/x' },
      { name: 'a/../../x' },
      { type: 'link', linkname: '/etc/passwd' },
      { type: 'character-device' },
    ];
    for (const header of bad) {
      const made = pack();
      made.entry({ name: 'harmless' }, 'x');
      // a file is only whole with its content, and what is none must have none
      if (header.type === undefined) made.entry({ name: 'x', ...header }, '');
      else made.entry({ name: 'x', ...header });
      made.finalize();
      await expect(unpack(await buffer(made as AsyncIterable<Buffer>))).rejects.toMatchObject({
        code: 'VALIDATION',
      });
    }
    expect(names(await folder(agent, '/to'))).toEqual(['work']);
  }, 60_000);

  it('values of secrets are neither read nor packed, and every reach inside is told', async () => {
    real.app.services.secrets.put(admin, {
      name: `FILES_${real.run.toUpperCase()}`,
      value: 'a very secret value',
    });
    const agent = await spawn('secret', { env: { KEY: { secret: `FILES_${real.run.toUpperCase()}` } } });
    await run(agent, 'busybox ln -s /run/slipway /hidden');
    await expect(read(agent, '/hidden/env')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    for (const format of ['tar', 'zip']) {
      const { bytes } = await files().archive(admin, agent.id, { path: '/run', format }, never());
      expect((await buffer(bytes)).includes('very secret')).toBe(false);
    }
    for (const what of ['read', 'change']) {
      const viewer = person('viewer');
      const attempt =
        what === 'read'
          ? files().look(viewer, agent.id, { path: '/' })
          : files().delete(viewer, agent.id, { path: '/hidden' });
      await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    const told: unknown[] = [];
    real.app.bus.on('facts', (facts) => told.push(...facts.filter(({ kind }) => kind === 'inside')));
    await write(agent, `/${'y'.repeat(250)}`, 'x');
    expect(told).toMatchObject([
      { act: 'file-write', agentId: agent.id, what: `write /${'y'.repeat(192)}…` },
    ]);
  }, 60_000);
});
