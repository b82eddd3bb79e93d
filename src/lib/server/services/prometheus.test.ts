import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { promtool } from '../../../../scripts/promtool.mjs';
import { anApp } from '../testing/app.ts';
import { containerOf, person } from '../testing/world.ts';

const ADA = person('admin', 'ada');

const SAMPLE = {
  cpu: 12.5,
  memory: 1000,
  memoryLimit: 2000,
  netRx: 5,
  netTx: 6,
  blockRead: null,
  blockWrite: 7,
  pids: 3,
  throttled: 250,
};

async function withAgents() {
  const { app, fake } = await anApp();
  const spawn = (name: string) => app.services.agents.spawn(ADA, { type: 'shell', name }, { wait: true });
  const [fox, owl] = [await spawn('fox'), await spawn('owl')];
  for (const { id } of [fox, owl]) app.pulses.sample(id, { at: Date.now(), ...SAMPLE });
  fake.exit(containerOf(owl), 137, { oom: true });
  await expect.poll(() => app.services.agents.get(ADA, 'owl').state).toBe('crashed');
  await expect.poll(() => app.hostFigures.get(app.fleet.hosts()[0]?.id ?? '')).not.toBeNull();
  return app;
}

it('promtool finds nothing to complain about', { timeout: 120_000 }, async () => {
  const program = promtool(process.env);
  const app = await withAgents();
  const { text } = await app.services.prometheus.scrape(ADA);
  const { status, stderr, stdout } = spawnSync(program, ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  expect(stdout + stderr).toBe('');
  expect(status).toBe(0);
});

it('has agents, hosts and Slipway itself in base units, and no figures of what has stopped', async () => {
  const app = await withAgents();
  await app.services.prometheus.scrape(ADA);
  const { text, type } = await app.services.prometheus.scrape(ADA);
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = text.split('\n');
  const fox = '{agent="fox",type="shell",host="local"}';
  const owl = '{agent="owl",type="shell",host="local"}';
  expect(lines).toEqual(
    expect.arrayContaining([
      'slipway_agents{state="ready"} 1',
      'slipway_agents{state="crashed"} 1',
      `slipway_agent_cpu_cores${fox} 0.125`,
      `slipway_agent_memory_bytes${fox} 1000`,
      `slipway_agent_memory_limit_bytes${fox} 536870912`,
      `slipway_agent_cpu_throttled_ratio${fox} 0.25`,
      `slipway_agent_block_write_bytes_per_second${fox} 7`,
      `slipway_agent_restarts_total${fox} 0`,
      `slipway_agent_oom_kills_total${owl} 1`,
      'slipway_host_up{host="local"} 1',
      'slipway_operations_running 0',
      'slipway_sockets 0',
    ]),
  );
  expect(text).not.toContain(`slipway_agent_block_read_bytes_per_second${fox}`);
  expect(text).not.toContain(`slipway_agent_cpu_cores${owl}`);
  expect(text).toContain('slipway_agent_memory_limit_bytes' + owl);
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
});

it('is for those who are signed in', async () => {
  const { app } = await anApp();
  await expect(app.services.prometheus.scrape(null)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});
