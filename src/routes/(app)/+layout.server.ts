import { load as door } from '#lib/server/http/doors.ts';

export const load = door(({ app, actor, event }) => {
  const { agents, hosts } = app.services;
  const all = agents.list(actor);
  return {
    seq: app.journal.seq(),
    user: actor === null ? null : { name: actor.name, role: actor.role },
    auth: app.config.auth,
    hosts: hosts.list(actor),
    counts: { agents: all.length, attention: all.filter((agent) => agent.attention !== null).length },
    theme: event.locals.theme,
    now: Date.now(),
  };
});
