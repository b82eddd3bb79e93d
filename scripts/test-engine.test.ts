import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine, TEST_IMAGES, whyNoTestEngine, type TestEngine } from './test-engine.ts';

describe.skipIf(whyNoTestEngine() !== undefined)('a test engine of its own', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine({ own: true });
  });
  afterAll(() => engine.stop());

  const runningNames = () => engine.cli('ps', '--format', '{{.Names}}');

  it('has the test images and no way out', async () => {
    const images = await engine.cli('images', '--format', '{{.Repository}}:{{.Tag}}');
    expect(images.split('\n').sort()).toEqual([TEST_IMAGES.busybox, TEST_IMAGES.starter].sort());
    await expect(engine.cli('pull', 'nowhere.invalid/image')).rejects.toThrow(
      /no such host|connection refused/,
    );
  });

  it('stops answering when it is killed; its containers run on and are stopped when it starts again', async () => {
    await engine.cli('run', '-d', '--name', 'witness', TEST_IMAGES.starter, 'sleep', '1000');
    await engine.crash();
    await expect(runningNames()).rejects.toThrow(/Cannot connect/);
    await engine.boot();
    expect(await engine.cli('inspect', '-f', '{{.State.ExitCode}}', 'witness')).toBe('143');
  });

  it('does not answer while it hangs, and goes on afterwards', async () => {
    await engine.cli('start', 'witness');
    await engine.hang();
    await expect(
      engine.inside('curl', '-sf', '-m', '1', '--unix-socket', '/run/docker.sock', 'http://d/_ping'),
    ).rejects.toThrow();
    await engine.unhang();
    expect(await runningNames()).toBe('witness');
  });

  it.each([
    ['a shell with a terminal', '-dit'],
    ['a shell without a terminal', '-di'],
    ['no input at all', '-d'],
  ])(
    'runs the starter image with %s until it is stopped, which does not have to wait for SIGKILL',
    async (_title, flags) => {
      const id = await engine.cli('run', flags, TEST_IMAGES.starter);
      await engine.cli('stop', '-t', '60', id);
      expect(await engine.cli('inspect', '-f', '{{.State.ExitCode}}', id)).toBe('143');
    },
  );

  it('gives the starter image a user without rights and a directory of its own', async () => {
    const output = await engine.cli(
      'run',
      '--rm',
      TEST_IMAGES.starter,
      'sh',
      '-c',
      'id -un; pwd; touch here && echo written',
    );
    expect(output.split('\n')).toEqual(['agent', '/workspace', 'written']);
  });
});
