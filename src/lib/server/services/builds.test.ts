import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { IMAGE, makeWorld, person, type TestWorld } from '../testing/world.ts';
import { dockerfileTar } from './folder-tar.ts';

const WAIT = { wait: true };
const GOOD = { dockerfile: `FROM ${IMAGE}\nENV A=b\n`, tag: 'acme/tool:1' };

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(async () => {
  expect([...world.bugs, ...world.broken]).toEqual([]);
  await world.close();
});

const builds = () => world.services.builds;
const logOf = (id: string) => builds().logTail(world.admin, id, 100_000);
const folder = (files: Readonly<Record<string, string>>): string => {
  const path = mkdtempSync(join(tmpdir(), 'slipway-context-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
};

describe('a build', () => {
  it('is an operation with its steps, and a record with those of the builder', async () => {
    const { build, operation } = await builds().create(world.admin, GOOD, WAIT);
    expect(operation).toMatchObject({ kind: 'build', state: 'succeeded', host: 'local' });
    expect(operation.steps.map((each) => [each.name, each.state])).toEqual([
      ['context', 'done'],
      ['build', 'done'],
      ['record', 'done'],
    ]);
    expect(build).toMatchObject({
      state: 'succeeded',
      tag: 'acme/tool:1',
      source: 'a Dockerfile',
      host: 'local',
    });
    expect(build.steps.map((each) => each.instruction)).toEqual([`FROM ${IMAGE}`, 'ENV A=b']);
    expect((await world.fake.inspectImage('acme/tool:1'))?.id).toBe(build.imageId);
    // the image leads to its build, and one that came from elsewhere to none
    expect(await world.services.images.get(world.admin, 'acme/tool:1')).toMatchObject({ buildId: build.id });
    expect(await world.services.images.get(world.admin, IMAGE)).toMatchObject({ buildId: null });
    expect(await logOf(build.id)).toContain('Step 2/2 : ENV A=b');
  });

  it('keeps its output in a file that only Slipway reads', async () => {
    const { build } = await builds().create(world.admin, GOOD, WAIT);
    const path = join(world.dataDir, 'builds');
    expect(readdirSync(path)).toEqual([`${build.id}.log`]);
    expect(statSync(join(path, `${build.id}.log`)).mode & 0o777).toBe(0o600);
  });

  it('tells open pages of each change', async () => {
    const { build } = await builds().create(world.admin, GOOD, WAIT);
    expect(world.facts).toContainEqual(
      expect.objectContaining({ kind: 'changed', what: 'builds', subject: build.id }),
    );
    expect(world.facts).toContainEqual(
      expect.objectContaining({ kind: 'changed', what: 'images', subject: 'acme/tool:1' }),
    );
  });

  it('that breaks is a failure with the step and its output, and can be tried again', async () => {
    const input = { ...GOOD, dockerfile: `FROM ${IMAGE}\nCOPY absent /x\n` };
    await expect(builds().create(world.admin, input, WAIT)).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      details: { step: 'COPY absent /x' },
    });
    const [row] = builds().list(world.admin);
    expect(row).toMatchObject({ state: 'failed', imageId: null, error: { code: 'BUILD_FAILED' } });
    expect(row?.steps.at(-1)).toMatchObject({ state: 'failed' });
    expect(await world.fake.inspectImage(GOOD.tag)).toBeNull();
    const again = await world.services.retry.retry(world.admin, row?.operationId ?? '');
    await world.operations.settled(world.operationRows.byId(again.id)?.id ?? expect.fail('it is not there'));
    expect(builds().list(world.admin)).toHaveLength(2);
  });

  it('can be cancelled until its image is there', async () => {
    const release = world.fake.hold('buildImage');
    const { build, operation } = await builds().create(world.admin, GOOD);
    world.operations.cancel(world.admin, operation.id);
    await expect.poll(() => builds().get(world.admin, build.id).state).toBe('cancelled');
    release();
    expect(await world.fake.inspectImage(GOOD.tag)).toBeNull();
  });

  it('ends at its time limit', async () => {
    const release = world.fake.hold('buildImage');
    await expect(builds().create(world.admin, { ...GOOD, timeout: 1 }, WAIT)).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringContaining('did not end within 1 s') as string,
    });
    release();
  });

  it('gets further names, and loses all of them when one cannot be given', async () => {
    const input = { ...GOOD, buildArgs: ['-t', 'acme/too'] };
    const { build } = await builds().create(world.admin, input, WAIT);
    expect((await world.fake.inspectImage('acme/too'))?.id).toBe(build.imageId);
    await world.fake.removeImage('acme/too', { force: true });
    await world.fake.removeImage(GOOD.tag, { force: true });
    world.fake.failNext('tagImage', new AppError('ENGINE_ERROR', 'no'));
    await expect(builds().create(world.admin, input, WAIT)).rejects.toMatchObject({ code: 'ENGINE_ERROR' });
    expect(await world.fake.inspectImage(GOOD.tag)).toBeNull();
    expect(builds().list(world.admin)[0]).toMatchObject({ state: 'failed' });
  });

  it('from a folder is for admins, and the folder must be there with its Dockerfile', async () => {
    const context = folder({ Dockerfile: `FROM ${IMAGE}\nCOPY more /more\n`, more: 'text' });
    await expect(builds().create(person('operator'), { context, tag: 'a' }, WAIT)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const { build } = await builds().create(world.admin, { context, tag: 'a' }, WAIT);
    expect(build).toMatchObject({ state: 'succeeded', source: `the folder ${context}` });
    for (const [input, field] of [
      [{ context: '/nowhere/at/all', tag: 'a' }, 'context'],
      [{ context: join(context, 'more'), tag: 'a' }, 'context'],
      [{ context, tag: 'a', file: 'Other' }, 'file'],
    ] as const)
      await expect(builds().create(world.admin, input, WAIT)).rejects.toMatchObject({
        code: 'VALIDATION',
        details: { fields: [expect.objectContaining({ field })] },
      });
  });

  it('from an upload cannot be tried again, for its bytes are kept nowhere', async () => {
    const { build, operation } = await builds().upload(
      world.admin,
      { tag: 'a' },
      dockerfileTar(`FROM ${IMAGE}`),
      WAIT,
    );
    expect(build).toMatchObject({ state: 'succeeded', source: 'an upload' });
    expect(builds().get(world.admin, build.id).input).toBeNull();
    expect(world.operationRows.byId(operation.id)?.request).toBeNull();
  });

  it('is held against the allow list by what it would pull', async () => {
    world.services.imagePolicy.change(world.admin, { allow: ['ghcr.io/acme'], strict: false });
    const of = (dockerfile: string) => builds().create(world.admin, { dockerfile, tag: 'a' }, WAIT);
    await expect(of('FROM evil.example/x')).rejects.toMatchObject({ code: 'IMAGE_NOT_ALLOWED' });
    await expect(of(`FROM ${IMAGE}\nCOPY --from=evil.example/x /a /b`)).rejects.toMatchObject({
      code: 'IMAGE_NOT_ALLOWED',
    });
    await expect(
      builds().upload(world.admin, { tag: 'a' }, dockerfileTar('FROM evil.example/x'), WAIT),
    ).rejects.toMatchObject({ code: 'IMAGE_NOT_ALLOWED' });
    await expect(
      builds().create(world.admin, { git: 'https://example.com/a.git', tag: 'a' }, WAIT),
    ).rejects.toMatchObject({ code: 'IMAGE_NOT_ALLOWED' });
    expect((await of(`FROM ${IMAGE}`)).build.state).toBe('succeeded');
  });

  it('is for operators, and seen by all', async () => {
    await expect(builds().create(person('viewer'), GOOD)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      builds().upload(person('viewer'), { tag: 'a' }, dockerfileTar('FROM x')),
    ).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(builds().list(person('viewer'))).toEqual([]);
    expect(() => builds().list(null)).toThrow(AppError);
  });

  it('is deleted with its output when it is over', async () => {
    const release = world.fake.hold('buildImage');
    const { build, operation } = await builds().create(world.admin, GOOD);
    expect(() => {
      builds().delete(world.admin, build.id);
    }).toThrow('still running');
    release();
    await world.operations.settled(
      world.operationRows.byId(operation.id)?.id ?? expect.fail('it is not there'),
    );
    builds().delete(world.admin, build.id);
    expect(builds().list(world.admin)).toEqual([]);
    expect(readdirSync(join(world.dataDir, 'builds'))).toEqual([]);
    expect(await world.fake.inspectImage(GOOD.tag)).not.toBeNull();
  });

  it('that a crash of Slipway cut off is a failure', async () => {
    const { build } = await builds().create(world.admin, GOOD, WAIT);
    const row = world.buildRows.byId(build.id) ?? expect.fail('it is not there');
    world.buildRows.update(row.id, { state: 'running', endedAt: null });
    builds().recover();
    expect(builds().get(world.admin, build.id)).toMatchObject({
      state: 'failed',
      error: { code: 'CANCELLED' },
    });
  });

  it('is forgotten when fifty newer ones are there', async () => {
    const { build } = await builds().create(world.admin, GOOD, WAIT);
    const row = world.buildRows.byId(build.id) ?? expect.fail('it is not there');
    for (let count = 0; count < 50; count += 1)
      world.buildRows.insert({
        ...row,
        id: `${row.id}${count}` as typeof row.id,
        startedAt: row.startedAt + 1,
      });
    const { build: newest } = await builds().create(world.admin, GOOD, WAIT);
    expect(world.buildRows.list(100)).toHaveLength(50);
    expect(world.buildRows.byId(build.id)).toBeUndefined();
    expect(readdirSync(join(world.dataDir, 'builds'))).toEqual([`${newest.id}.log`]);
  });
});

describe('an agent with a recipe', () => {
  it('is built as a part of its spawn, and runs what came of it', async () => {
    const agent = await world.spawn({ type: 'custom', build: { dockerfile: `FROM ${IMAGE}\nENV A=b\n` } });
    expect(agent.state).toBe('ready');
    const [build] = builds().list(world.admin);
    expect(build).toMatchObject({ state: 'succeeded', tag: agent.image, imageId: agent.imageId });
    const [operation] = world.operations.ofAgent(world.row(agent.id).id, 1);
    expect(build?.operationId).toBe(operation?.id);
    expect(operation?.steps.find((each) => each.name === 'image')?.note).toBe(`built as ${agent.image}`);
  });

  it('fails with its build', async () => {
    await expect(
      world.spawn({ name: 'one', type: 'custom', build: { dockerfile: `FROM ${IMAGE}\nCOPY a /b\n` } }),
    ).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    expect(world.services.agents.get(world.admin, 'one')).toMatchObject({
      state: 'failed',
      error: { code: 'BUILD_FAILED' },
    });
  });

  it('may be built from a folder of this machine by an admin only', async () => {
    await expect(
      world.services.agents.spawn(person('operator'), { type: 'custom', build: { context: '/srv' } }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('/srv') as string });
  });
});
