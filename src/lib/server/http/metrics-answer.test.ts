import { expect, it } from 'vitest';
import { anApp } from '../testing/app.ts';
import { containerOf, person } from '../testing/world.ts';
import { metricsAnswer } from './metrics-answer.ts';

const ADA = person('admin', 'ada');

it('what is not known is null, and nothing of an ended run is told as of now', async () => {
  const { app, fake } = await anApp();
  const agent = await app.services.agents.spawn(ADA, { type: 'shell', name: 'fox' }, { wait: true });
  expect(metricsAnswer(app, ADA, 'fox')).toMatchObject({ cpu: null, networkReceived: null, pids: null });

  const sample = {
    at: Date.now(),
    cpu: 12.5,
    memory: 1000,
    memoryLimit: 2000,
    netRx: 5,
    netTx: 6,
    pids: 3,
    blockRead: null,
    blockWrite: 7,
    throttled: 8,
  };
  app.pulses.sample(agent.id, sample);
  expect(metricsAnswer(app, ADA, 'fox')).toMatchObject({
    cpu: 12.5,
    memory: 1000,
    memoryLimit: 2000,
    networkReceived: 5,
    networkSent: 6,
    pids: 3,
    measuredAt: new Date(sample.at).toISOString(),
  });
  expect(metricsAnswer(app, ADA, 'fox').uptime).toBeGreaterThanOrEqual(0);

  fake.exit(containerOf(agent), 0);
  await expect.poll(() => app.services.agents.get(ADA, 'fox').state).toBe('exited');
  expect(metricsAnswer(app, ADA, 'fox')).toMatchObject({
    cpu: null,
    memory: null,
    networkReceived: null,
    networkSent: null,
    pids: null,
    uptime: null,
    measuredAt: null,
  });
});

it('is for those who may see agents', async () => {
  const { app } = await anApp();
  expect(() => metricsAnswer(app, null, 'fox')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  expect(() => metricsAnswer(app, ADA, 'fox')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});
