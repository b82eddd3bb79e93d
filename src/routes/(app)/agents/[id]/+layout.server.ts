import { load as door } from '#lib/server/http/doors.ts';
import type { LayoutServerLoadEvent } from './$types';

export const load = door(
  ({
    app,
    actor,
    event,
  }: {
    app: App.Locals['app'];
    actor: App.Locals['actor'];
    event: LayoutServerLoadEvent;
  }) => {
    event.depends('slipway:agent');
    const { agents, crashes, snapshots } = app.services;
    const agent = agents.get(actor, event.params.id);
    return {
      seq: app.journal.seq(),
      agent,
      pulse: agents.pulse(actor, agent.id),
      samples: agents.samples(actor, agent.id).slice(-300),
      operations: agents.operationsOf(actor, agent.id).slice(0, 20),
      crashCount: crashes.countOf(actor, agent.id),
      snapshotCount: snapshots.ofAgent(actor, agent.id).length,
    };
  },
);
