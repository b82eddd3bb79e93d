/** Snapshots as files and on another host, on real engines. */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDetailView, SnapshotView } from '#lib/protocol/views.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const WAIT = { wait: true };
const CALM = 'trap "exit 0" TERM; while :; do sleep 0.1; done';
const NEVER = new AbortController().signal;

describe.skipIf(NO_ENGINE !== undefined)('snapshots as files on a real engine', () => {
  let real: RealApp;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-files-'));
    real = await realApp();
  }, 60_000);
  afterAll(async () => {
    await real.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const spawn = (name: string): Promise<AgentDetailView> =>
    real.app.services.agents.spawn(
      real.admin,
      {
        name: `${real.run}-${name}`,
        type: 'custom',
        image: real.image,
        command: ['sh', '-c', CALM],
        env: { A: '1' },
        volumes: [`${real.run}-${name}:/data`],
      },
      WAIT,
    );
  const sh = async (agent: AgentDetailView, script: string) => {
    const { containerId } = real.app.services.agents.get(real.admin, agent.id);
    const command = ['sh', '-c', script];
    const ran = await real.engine.execute(containerId ?? '', { command, timeoutMs: 30_000 });
    return ran.stdout.toString().trim();
  };
  const take = async (agent: AgentDetailView, name: string) => {
    const made = await real.app.services.snapshots.create(real.admin, agent.id, { name, volumes: true });
    if (made === null) throw new Error('it was not waited for');
    return made;
  };
  const exported = async ({ id }: SnapshotView) => {
    const { bytes } = await real.app.services.snapshotExport.export(real.admin, id);
    const file = join(folder, `${id}.tar`);
    await pipeline(Readable.from(bytes), createWriteStream(file));
    return file;
  };
  const imported = (file: string, query: Readonly<Record<string, string>> = {}) =>
    real.app.services.snapshotImport.import(real.admin, createReadStream(file), query, NEVER);

  it('what was exported can be imported, forked, and loaded by docker', async () => {
    const one = await spawn('sent');
    await sh(one, 'echo file > /made; echo volume > /data/f');
    const first = await take(one, 'first');
    const file = await exported(first);
    await real.app.services.agents.remove(real.admin, one.id, { force: true, timeout: 0 }, WAIT);
    await real.app.services.snapshots.delete(real.admin, first.id);
    expect(await real.engine.inspectImage(first.image)).toBeNull();

    expect(await real.docker('load', '-qi', file)).toContain(first.image);
    await expect(imported(file)).rejects.toMatchObject({
      code: 'CONFLICT',
      hint: expect.stringContaining('"first-2"') as string,
    });
    await real.docker('rmi', first.image);

    const back = await imported(file);
    expect(back).toMatchObject({
      name: 'first',
      agentName: one.name,
      origin: 'import',
      image: first.image,
      imageId: first.imageId,
      volumes: [{ target: '/data' }],
    });
    const [fork] = await real.app.services.forking.fork(
      real.admin,
      back.id,
      { name: `${real.run}-back` },
      WAIT,
    );
    if (fork === undefined) throw new Error('there is no fork');
    expect(await sh(fork, 'cat /made /data/f; echo $A')).toBe('file\nvolume\n1');
    expect(real.app.services.operations.list(real.admin, 20).map((each) => each.kind)).toEqual(
      expect.arrayContaining(['export', 'import']),
    );
  }, 90_000);

  it('names inside a file are not believed', async () => {
    const file = join(folder, 'evil.tar');
    await real.docker('tag', real.image, `victim:${real.run}`);
    await real.docker('save', '-o', file, real.image, `victim:${real.run}`);
    await real.docker('rmi', `victim:${real.run}`);
    await expect(imported(file)).rejects.toMatchObject({ code: 'VALIDATION' });
    const made = await imported(file, { agent: `${real.run}-plain`, name: 'x' });
    expect(made.image).toBe(`slipway/${real.run}-plain:x`);
    expect(await real.engine.inspectImage(`victim:${real.run}`)).toBeNull();
    const facts = await real.engine.inspectImage(made.image);
    expect(facts?.tags).toEqual(expect.arrayContaining([made.image]));
    const [fork] = await real.app.services.forking.fork(
      real.admin,
      made.id,
      { name: `${real.run}-of-plain`, spec: { command: ['sh', '-c', CALM] } },
      WAIT,
    );
    expect(fork?.state).toBe('ready');
  }, 60_000);

  it('a file that is cut off, or no image, leaves nothing', async () => {
    const one = await spawn('cut');
    await sh(one, 'echo volume > /data/f');
    const whole = await exported(await take(one, 'cut'));
    const before = await real.holdings();
    const count = real.app.services.snapshots.list(real.admin).length;
    const cut = createReadStream(whole, { end: 200_000 });
    const as = { agent: `${real.run}-broken` };
    const bad = (body: AsyncIterable<Uint8Array>) =>
      real.app.services.snapshotImport.import(real.admin, body, as, NEVER);
    await expect(bad(cut)).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(bad(Readable.from([Buffer.from('no tar at all')]))).rejects.toMatchObject({
      code: 'VALIDATION',
    });
    await expect(bad(Readable.from([Buffer.alloc(10_240)]))).rejects.toMatchObject({ code: 'VALIDATION' });
    expect(await real.holdings()).toEqual(before);
    expect(real.app.services.snapshots.list(real.admin)).toHaveLength(count);
  }, 60_000);

  it('a download that is closed ends its operation', async () => {
    const one = await spawn('closed');
    const { bytes, close } = await real.app.services.snapshotExport.export(
      real.admin,
      (await take(one, 'closed')).id,
    );
    await bytes.next();
    close();
    await bytes.return(undefined);
    const newest = () =>
      real.app.services.operations.list(real.admin, 5).find((each) => each.kind === 'export');
    await expect.poll(() => newest()?.state).toBe('cancelled');
  }, 60_000);
});
