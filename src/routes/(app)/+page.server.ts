import { load as door } from '#lib/server/http/doors.ts';

export const load = door(({ app, actor }) => ({
  seq: app.journal.seq(),
  agents: app.services.agents.list(actor),
  pulses: app.services.agents.pulses(actor),
  hostFigures: app.services.metrics.hosts(actor),
  operations: app.services.operations.list(actor, 8),
}));
