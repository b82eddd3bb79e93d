import { load as door, type Door } from '#lib/server/http/doors.ts';
import type { LayoutServerLoadEvent } from './$types';

export const load = door(({ app, actor, event }: Door<LayoutServerLoadEvent>) => {
  const { agents, archive, hosts } = app.services;
  event.depends('app:archive');
  const all = agents.list(actor);
  return {
    seq: app.journal.seq(),
    user: actor === null ? null : { name: actor.name, role: actor.role },
    auth: app.config.auth,
    hosts: hosts.list(actor),
    counts: { agents: all.length, attention: all.filter((agent) => agent.attention !== null).length },
    archivePause: archive.paused(actor),
    theme: event.locals.theme,
    now: Date.now(),
  };
});
