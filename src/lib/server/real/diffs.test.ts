/** Comparisons of files on a real engine. */
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeItem } from '#lib/protocol/changes.ts';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import type { SideWish } from '../services/diff-sides.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';
import { person } from '../testing/world.ts';

const CALM = 'trap "exit 0" TERM; while :; do sleep 0.1; done';
const ODD = ["/it's a name", '/with "quotes"', '/two\nlines', '/ünï-çødé', '/$(touch pwned)', '/-rf'];

describe.skipIf(NO_ENGINE !== undefined)('comparisons on a real engine', () => {
  let real: RealApp;
  beforeAll(async () => {
    real = await realApp();
  }, 60_000);
  afterAll(() => real.close(), 60_000);

  const spawn = (name: string, more: Readonly<Record<string, unknown>> = {}): Promise<AgentDetailView> =>
    real.app.services.agents.spawn(
      real.admin,
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
    const { exitCode, stderr } = await real.engine.execute(agent.containerId ?? '', {
      command,
      timeoutMs: 10_000,
    });
    expect(stderr.toString()).toBe('');
    expect(exitCode).toBe(0);
  };
  const snapshot = async (agent: AgentDetailView, name: string) => {
    const made = await real.app.services.snapshots.create(real.admin, agent.id, { name });
    if (made === null) throw new Error('it was not waited for');
    return made;
  };
  const diffs = () => real.app.services.diffs;
  const said = ({ kind, path }: Pick<ChangeItem, 'kind' | 'path'>) => `${kind ?? 'in'} ${path}`;
  const list = async (from: SideWish, to: SideWish) =>
    (await diffs().changes(real.admin, from, to, {}, { fresh: true })).changes.map(said);
  const imageOf = (agent: AgentDetailView): SideWish => ({ kind: 'image', agent: agent.id });
  const now = (agent: AgentDetailView): SideWish => ({ kind: 'agent', agent: agent.id });

  it('an agent against its image: what it made, changed, deleted and renamed, whatever it is called', async () => {
    const agent = await spawn('odd');
    const before = await real.holdings();
    await run(agent, 'for name in "$@"; do echo hello > "$name"; done', ...ODD);
    await run(
      agent,
      'mkdir -p /work/deep; echo one > /work/deep/a; ln -s deep/a /work/link; mv /etc/passwd /etc/renamed; rm /bin/ls',
    );
    const page = await diffs().changes(real.admin, imageOf(agent), now(agent), {}, { fresh: true });
    expect(page.changes.map(said).toSorted()).toEqual(
      [
        ...ODD.map((path) => `added ${path}`),
        'deleted /bin/ls',
        'deleted /etc/passwd',
        'added /etc/renamed',
        'added /work',
        'added /work/deep',
        'added /work/deep/a',
        'added /work/link',
      ].toSorted(),
    );
    expect(page.total).toMatchObject({ added: ODD.length + 5, deleted: 2, changed: 0 });
    expect(page.changes.find(({ path }) => path === '/work/deep/a')?.after).toMatchObject({
      type: 'file',
      size: 4,
    });
    expect(page.changes.find(({ path }) => path === '/work/link')?.after).toMatchObject({ type: 'link' });
    for (const path of ODD) {
      const file = await diffs().file(real.admin, imageOf(agent), now(agent), { path });
      expect(file.before).toBeNull();
      expect(file.content).toMatchObject({
        kind: 'text',
        hunks: [{ lines: [{ kind: 'added', text: 'hello' }] }],
      });
    }
    expect(await real.holdings()).toEqual(before);
  });

  it('levels of the tree have what is in them, filters and pages what they let through', async () => {
    const agent = await spawn('tree');
    await run(
      agent,
      'mkdir -p /d/in; for n in $(seq 1 25); do echo $n > /d/in/f$n; done; echo x >> /etc/passwd',
    );
    const ask = (query: object) => diffs().changes(real.admin, imageOf(agent), now(agent), query);
    const root = await ask({ path: '/' });
    expect(root.changes.map(said)).toEqual(['added /d', 'in /etc']);
    expect(root.changes[0]?.within).toMatchObject({ added: 26, changed: 0, deleted: 0 });
    expect((await ask({ path: '/etc/' })).changes.map(said)).toEqual(['changed /etc/passwd']);
    expect((await ask({ path: '/', kind: 'changed' })).changes.map(said)).toEqual(['in /etc']);
    expect((await ask({ q: 'PASS' })).changes.map(said)).toEqual(['changed /etc/passwd']);
    const first = await ask({ path: '/d/in', limit: 20 });
    const second = await ask({ path: '/d/in', limit: 20, cursor: first.nextCursor });
    expect([first.count, first.changes.length, second.changes.length, second.nextCursor]).toEqual([
      25,
      20,
      5,
      undefined,
    ]);
    await expect(ask({ path: '/nothing' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(ask({ path: '/d/../etc' })).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('snapshot against snapshot, and an agent against a snapshot of an earlier image: by content, with sizes', async () => {
    const agent = await spawn('versions');
    await run(
      agent,
      'mkdir /v; echo one > /v/changed; echo same > /v/touched; echo x > /v/gone; ln /v/changed /v/hard; chmod 600 /v/touched',
    );
    const first = await snapshot(agent, 'first');
    await run(
      agent,
      'cp /v/touched /t; cp /t /v/touched; rm /t; echo two > /v/changed; rm /v/gone; mkdir /v/gone; echo in > /v/gone/in; chmod 700 /bin/sh; head -c 3000000 /dev/zero > /v/big',
    );
    const second = await snapshot(agent, 'second');
    const before = await real.holdings();
    const one: SideWish = { kind: 'snapshot', id: first.id };
    const two: SideWish = { kind: 'snapshot', id: second.id };
    const expected = [
      'added /v/big',
      'changed /v/changed',
      'changed /v/gone',
      'added /v/gone/in',
      'changed /v/hard',
    ];
    const isInV = (line: string) => line.includes(' /v');
    expect((await list(one, two)).filter(isInV)).toEqual(expected);
    expect((await list(two, one)).filter(isInV)).toEqual(
      expected.map((line) => (line.startsWith('added') ? line.replace('added', 'deleted') : line)),
    );
    expect(await list(one, one)).toEqual([]);
    expect((await list(one, now(agent))).filter(isInV)).toEqual(expected);
    expect((await diffs().changes(real.admin, one, two, {})).total.bytesAdded).toBeGreaterThanOrEqual(
      3_000_000,
    );

    const file = await diffs().file(real.admin, one, two, { path: '/v/changed' });
    expect(file.content).toMatchObject({
      kind: 'text',
      hunks: [
        {
          lines: [
            { kind: 'removed', text: 'one', before: 1 },
            { kind: 'added', text: 'two', after: 1 },
          ],
        },
      ],
    });
    const large = await diffs().file(real.admin, one, two, { path: '/v/big' });
    expect(large).toMatchObject({ before: null, after: { size: 3_000_000 }, content: { kind: 'too-large' } });
    const turned = await diffs().file(real.admin, one, two, { path: '/v/gone' });
    expect([turned.before?.type, turned.after?.type]).toEqual(['file', 'directory']);
    const { stream, size } = await diffs().download(real.admin, one, two, { path: '/v/big' }, 'after');
    expect([size, (await text(stream)).length]).toEqual([3_000_000, 3_000_000]);
    await expect.poll(real.holdings).toEqual(before);
    await expect(diffs().file(real.admin, one, two, { path: '/v/touched' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('a file that is no text is told by size and digest; line ends and a missing last one are told too', async () => {
    const agent = await spawn('kinds');
    await run(
      agent,
      String.raw`printf 'a\0b' > /binary; printf 'a\r\nb' > /crlf; ln -s /etc/passwd /link; mkfifo /pipe`,
    );
    const file = (path: string) => diffs().file(real.admin, imageOf(agent), now(agent), { path });
    expect(await file('/binary')).toMatchObject({
      content: { kind: 'binary' },
      after: { size: 3, sha256: createHash('sha256').update('a\0b').digest('hex') },
    });
    expect(await file('/crlf')).toMatchObject({ after: { lineEnds: 'crlf', endsWithNewline: false } });
    expect(await file('/link')).toMatchObject({
      content: { kind: 'no-content' },
      after: { type: 'link', linkTarget: '/etc/passwd' },
    });
    expect(await file('/pipe')).toMatchObject({ content: { kind: 'no-content' }, after: { type: 'other' } });
  });

  it('what is mounted is named and not looked into, also not through a link', async () => {
    const agent = await spawn('mounts', { volumes: [`vol-${real.run}:/data`], tmpfs: ['/scratch'] });
    await run(agent, 'echo secret > /data/file; echo x > /scratch/file; mkdir /dir; echo x > /dir/file');
    const from = imageOf(agent);
    const page = await diffs().changes(real.admin, from, now(agent), {}, { fresh: true });
    expect(page.notSeen.map(({ kind, target }) => `${kind} ${target}`)).toEqual([
      'volume /data',
      'tmpfs /scratch',
    ]);
    expect(page.changes.map(({ path }) => path)).toContain('/dir/file');
    expect(page.changes.map(({ path }) => path)).not.toContain('/data/file');
    const read = (path: string) => diffs().file(real.admin, from, now(agent), { path });
    await expect(read('/data/file')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    // the folder becomes a link into the volume while the list still says that the file has changed
    await run(agent, 'rm -r /dir; ln -s /data /dir');
    expect(await read('/dir/file')).toMatchObject({ before: null, after: null });
    await expect(
      diffs().download(real.admin, from, now(agent), { path: '/dir/file' }, 'after'),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('a viewer sees what has changed, and not what it holds', async () => {
    const agent = await spawn('rights');
    await run(agent, 'echo x > /new');
    const viewer = person('viewer');
    const page = await diffs().changes(viewer, imageOf(agent), now(agent), {});
    expect(page.changes.map(said)).toEqual(['added /new']);
    const file = diffs().file(viewer, imageOf(agent), now(agent), { path: '/new' });
    await expect(file).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('one that is cancelled leaves nothing behind', async () => {
    const agent = await spawn('cancelled');
    await run(agent, 'head -c 60000000 /dev/urandom > /large');
    const taken = await snapshot(agent, 'large');
    await run(agent, 'echo x > /later');
    const before = await real.holdings();
    const { operations } = real.app.services;
    const other = await spawn('another');
    const holdings = { ...before, containers: [...before.containers, other.name].toSorted() };
    const looking = list({ kind: 'snapshot', id: taken.id }, now(other));
    const failed = expect(looking).rejects.toMatchObject({ code: 'CANCELLED' });
    const started = await expect
      .poll(() =>
        operations.list(real.admin).find((each) => each.kind === 'diff' && each.state === 'running'),
      )
      .toBeDefined()
      .then(() =>
        operations.list(real.admin).find((each) => each.kind === 'diff' && each.state === 'running'),
      );
    operations.cancel(real.admin, started?.id ?? '');
    await failed;
    await expect.poll(real.holdings).toEqual(holdings);
  });
});
