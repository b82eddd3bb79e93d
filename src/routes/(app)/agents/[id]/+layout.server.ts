import { load as door } from '#lib/server/http/doors.ts';
import type { LayoutServerLoadEvent } from './$types';

export const load = door(
  async ({
    app,
    actor,
    event,
  }: {
    app: App.Locals['app'];
    actor: App.Locals['actor'];
    event: LayoutServerLoadEvent;
  }) => {
    event.depends('slipway:agent');
    const { agents, crashes, images, snapshots } = app.services;
    const agent = agents.get(actor, event.params.id);
    // number and data are of one moment: what is waited for comes after them
    const now = {
      seq: app.journal.seq(),
      agent,
      pulse: agents.pulse(actor, agent.id),
      samples: agents.samples(actor, agent.id).slice(-300),
      operations: agents.operationsOf(actor, agent.id).slice(0, 20),
      crashCount: crashes.countOf(actor, agent.id),
      snapshotCount: snapshots.ofAgent(actor, agent.id).length,
    };
    return { ...now, image: await images.moved(actor, agent.id) };
  },
);
