/** Every error code that a spawn or a verb can end with, reached on a real engine, with nothing left behind. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError, type ErrorCode, type Problem } from '#lib/domain/errors.ts';
import { NO_ENGINE, realApp, type Holdings, type RealApp } from '../testing/real-app.ts';
import { person } from '../testing/world.ts';

type Input = Readonly<Record<string, unknown>>;

describe.skipIf(NO_ENGINE !== undefined)('errors on a real engine', () => {
  let real: RealApp;
  let before: Holdings;
  beforeAll(async () => {
    real = await realApp();
    // the default network is made by the first agent that works
    await spawn({ name: `first-${real.run}`, command: ['sleep', '100'] });
    await real.app.services.agents.remove(
      real.admin,
      `first-${real.run}`,
      { force: true, timeout: 0 },
      { wait: true },
    );
  });
  afterAll(() => real.close());
  beforeEach(async () => {
    before = await real.holdings();
  });
  afterEach(async () => {
    expect(await real.holdings()).toEqual(before);
  });

  const spawn = (input: Input) =>
    real.app.services.agents.spawn(
      real.admin,
      { type: 'custom', image: real.image, ...input },
      { wait: true },
    );

  /** What came of it, as a problem. */
  async function refusal(work: () => Promise<unknown>): Promise<Problem> {
    try {
      await work();
    } catch (error) {
      if (error instanceof AppError) return error.toProblem();
      throw error;
    }
    throw new Error('it went well');
  }

  /** A spawn that fails, and the record that it leaves; the record is taken away. */
  async function failed(code: ErrorCode, input: Input): Promise<Problem> {
    const name = `x-${crypto.randomUUID().slice(0, 8)}`;
    const problem = await refusal(() => spawn({ name, ...input }));
    expect(problem).toMatchObject({ code });
    expect(problem.hint).not.toBe('');
    const { agents } = real.app.services;
    const left = agents.list(real.admin).find((agent) => agent.name === name);
    if (left !== undefined) {
      expect(left).toMatchObject({ state: 'failed', error: { code } });
      await agents.remove(real.admin, left.id, { force: true, timeout: 0 }, { wait: true });
    }
    return problem;
  }

  it('VALIDATION, with field, value and rule', async () => {
    const problem = await failed('VALIDATION', { volumes: ['./here:/there'] });
    expect(problem.details?.fields).toMatchObject([{ field: 'volumes.0', value: './here:/there' }]);
    expect(problem.details?.fields?.[0]?.rule).toContain('relative path');
  });

  it('VALIDATION for a path of the host that is not there, which is not made', async () => {
    const path = `/nowhere-${real.run}`;
    const problem = await failed('VALIDATION', { volumes: [`${path}:/data`] });
    expect(problem.details?.fields?.[0]?.field).toMatch(/^volumes/);
    await failed('VALIDATION', { volumes: [`${path}:/data:z`] });
  });

  it('VALIDATION for a runtime that the host does not know', async () => {
    const problem = await failed('VALIDATION', { runtime: 'nobody-has-it' });
    expect(problem.details?.fields?.[0]).toMatchObject({ field: 'runtime' });
  });

  it('VALIDATION for a command that is not in the image', async () => {
    await failed('VALIDATION', { command: ['no-such-program'] });
  });

  it('VALIDATION for readiness by a health check that the image does not have', async () => {
    await failed('VALIDATION', { command: ['sleep', '100'], readiness: 'healthy' });
  });

  it('IMAGE_NOT_FOUND when it may not be pulled', async () => {
    await failed('IMAGE_NOT_FOUND', { image: `nobody/has-this:${real.run}`, pull: 'never' });
  });

  it('PULL_FAILED with the words of the registry, and nothing half pulled', async () => {
    const problem = await failed('PULL_FAILED', { image: 'localhost:1/none:1' });
    expect(problem.details?.engine?.message).not.toBe('');
  });

  it('NETWORK_ERROR for a network that is missing', async () => {
    const problem = await failed('NETWORK_ERROR', { networks: [`none-${real.run}`] });
    expect(problem.message).toContain(`none-${real.run}`);
  });

  it('PORT_TAKEN, also when a container that is not ours has it', async () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const holder = await real.docker('run', '-d', '-p', `127.0.0.1:${port}:80`, real.image, 'sleep', '100');
    try {
      before = await real.holdings();
      const problem = await failed('PORT_TAKEN', { command: ['sleep', '100'], ports: [`${port}:80`] });
      expect(problem.message).toContain(String(port));
    } finally {
      await real.docker('rm', '-f', holder);
      before = await real.holdings();
    }
  });

  it('NAME_TAKEN before anything is pulled', async () => {
    const name = `taken-${real.run}`;
    await real.docker('create', '--name', name, real.image);
    before = await real.holdings();
    await failed('NAME_TAKEN', { name, image: `nobody/has-this:${real.run}` });
    await real.docker('rm', name);
    before = await real.holdings();
  });

  it('RESOURCE_LIMIT for cores, memory, disk and GPUs', async () => {
    await failed('RESOURCE_LIMIT', { resources: { cpu: 4096 } });
    await failed('RESOURCE_LIMIT', { resources: { memory: '900t' } });
    await failed('RESOURCE_LIMIT', { resources: { diskQuota: '1g' } });
    await failed('RESOURCE_LIMIT', { resources: { gpus: 'all' } });
  });

  it('FORBIDDEN for what the policy does not give an operator', async () => {
    const operator = person('operator', 'olga');
    for (const input of [
      { volumes: ['/etc:/host'] },
      { security: { privileged: true } },
      { security: { profile: 'unrestricted' } },
      { security: { hostNetwork: true } },
      { security: { engineSocket: true } },
      { startArgs: ['--cap-add=SYS_ADMIN'] },
      { startArgs: ['-p', '0.0.0.0:81:80'] },
      { startArgs: ['--pid=host'] },
    ]) {
      const problem = await refusal(() =>
        real.app.services.agents.spawn(
          operator,
          { type: 'custom', image: real.image, ...input },
          { wait: true },
        ),
      );
      expect(problem).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('READY_TIMEOUT keeps the container for a look, with its last words in the record', async () => {
    const name = `slow-${real.run}`;
    const problem = await refusal(() =>
      spawn({
        name,
        command: ['sh', '-c', 'echo warming up; sleep 100'],
        readiness: { log: 'never said', timeout: 1 },
      }),
    );
    expect(problem).toMatchObject({ code: 'READY_TIMEOUT', details: { output: ['warming up'] } });
    const { agents } = real.app.services;
    expect(agents.get(real.admin, name)).toMatchObject({ state: 'failed', error: { code: 'READY_TIMEOUT' } });
    expect(await real.docker('inspect', '-f', '{{.State.Running}}', name)).toBe('true');
    await agents.remove(real.admin, name, { force: true, timeout: 0 }, { wait: true });
  });

  it('CONFLICT for a verb that makes no sense, TAGS_IMMUTABLE for tags, NOT_FOUND for nobody', async () => {
    const name = `one-${real.run}`;
    const { agents } = real.app.services;
    await spawn({ name, command: ['sleep', '100'], tags: { team: 'a' } });
    expect(await refusal(async () => agents.start(real.admin, 'nobody'))).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await refusal(async () => agents.remove(real.admin, name))).toMatchObject({ code: 'CONFLICT' });
    expect(await refusal(async () => agents.update(real.admin, name, { tags: { team: 'b' } }))).toMatchObject(
      {
        code: 'TAGS_IMMUTABLE',
      },
    );
    expect(await refusal(async () => agents.update(real.admin, 'nobody', {}))).toMatchObject({
      code: 'NOT_FOUND',
    });
    await agents.remove(real.admin, name, { force: true, timeout: 0 }, { wait: true });
  });

  it('NETWORK_ERROR when the address pools are used up', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `pool-${real.run}-${n}`);
    const made: string[] = [];
    let said = '';
    try {
      for (const name of names) {
        await real.docker('network', 'create', name);
        made.push(name);
      }
    } catch (error) {
      said = String(error);
    }
    const other = await realApp({ socket: real.socket });
    try {
      expect(said).toMatch(/non-overlapping|exhausted|address pool/);
      const problem = await refusal(() =>
        other.app.services.agents.spawn(other.admin, { type: 'custom', image: other.image }, { wait: true }),
      );
      expect(problem).toMatchObject({ code: 'NETWORK_ERROR' });
    } finally {
      await other.close();
      for (const name of made) await real.docker('network', 'rm', name);
    }
  });
});
