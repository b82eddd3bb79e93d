/**
 * What it costs to know how many agents are while nothing happens. The watcher and the reconciler alone run in this process, on a copy of the
 * server's database and the same engine, so that their CPU time can be told from the rest; the server as a whole is measured beside them.
 */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { LABEL } from '#lib/domain/labels.ts';
import { DockerEngine } from '#lib/server/engine/docker/docker-engine.ts';
import { Fleet } from '#lib/server/hosts/fleet.ts';
import { connectLocal } from '#lib/server/hosts/local.ts';
import { createLog } from '#lib/server/log.ts';
import { Reconciler } from '#lib/server/loops/reconciler.ts';
import { Watcher } from '#lib/server/loops/watcher.ts';
import { AgentRecords } from '#lib/server/services/agent-records.ts';
import { Networks } from '#lib/server/services/networks.ts';
import { AgentRepository } from '#lib/server/storage/agents.ts';
import { openDatabase } from '#lib/server/storage/database.ts';
import { Journal } from '#lib/server/storage/journal.ts';
import { SettingsRepository } from '#lib/server/storage/settings.ts';
import { say } from '../scripts/say.mjs';
import { startFleet } from './agents.ts';
import type { PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';

export interface RestOptions extends SiteOptions {
  readonly agents: number;
  readonly seconds: number;
}

export async function measureRest(options: RestOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    await startFleet(site, options.agents);
    const ms = options.seconds * 1000;
    say(`watching ${options.agents} agents for ${options.seconds} s`);
    const serverBefore = site.serverCpuMs();
    const loops = await watchAlone(site, ms, options.agents);
    const server = site.serverCpuMs() - serverBefore;
    const share = (cpu: number) => (cpu / ms) * 100;
    return {
      figures: [
        {
          what: 'watcher and reconciler, of one core',
          value: share(loops.cpuMs),
          unit: '%',
          under: 5,
        },
        { what: 'looks of the reconciler', value: loops.looks, unit: '' },
        { what: 'the whole server, figures and logs too', value: share(server), unit: '%' },
      ],
      samples: { loops: [loops.cpuMs], server: [server] },
      details: { ms },
    };
  });
}

/** Runs the two loops as the server does, and gives what they took of the processor. */
async function watchAlone(
  site: BenchSite,
  ms: number,
  agentCount: number,
): Promise<{ readonly cpuMs: number; readonly looks: number }> {
  const copy = path.join(site.dataDirectory, 'copy.db');
  const original = new Database(path.join(site.dataDirectory, 'slipway.db'), { readonly: true });
  await original.backup(copy);
  original.close();
  const database = openDatabase(copy, 'drizzle');
  const over = new AbortController();
  try {
    const settings = new SettingsRepository(database.db);
    const instance = settings.get('instance') ?? '';
    const agents = new AgentRepository(database.db);
    const [first] = settings.hosts();
    if (first === undefined || agents.list().length !== agentCount)
      throw new Error(`the copy knows ${agents.list().length} agents, not ${agentCount}`);
    const open = () => DockerEngine.open({ connect: () => connectLocal({ path: site.engine.socket }) });
    const fleet = new Fleet();
    const host = fleet.add({ ...first, open });
    const records = new AgentRecords(new Journal(database.db, () => undefined), agents, fleet);
    const log = createLog('warn');
    const networks = new Networks('slipway-agents', instance);
    const watcher = new Watcher({ agents, records, networks, log });
    const nobody = { isBusy: () => false };
    const reconciler = new Reconciler({
      instance,
      agents,
      records,
      operations: nobody,
      resumer: { resume: () => undefined },
      log,
    });
    await host.start();
    const engine = await open();
    let looks = 0;
    const counted = new Proxy(engine, {
      get(target, key) {
        if (key === 'listContainers') looks += 1;
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    if ((await engine.listContainers({ labels: { [LABEL.instance]: instance } })).length !== agentCount)
      throw new Error('the engine does not have the containers of all agents');
    const before = process.cpuUsage();
    const loops = [
      watcher.watch(host, counted, over.signal),
      reconciler.run(host, counted, over.signal, false),
    ];
    await delay(ms, undefined, { signal: site.signal });
    const used = process.cpuUsage(before);
    over.abort();
    await Promise.all(loops);
    await host.close();
    engine.close();
    return { cpuMs: (used.user + used.system) / 1000, looks };
  } finally {
    over.abort();
    database.close();
  }
}
