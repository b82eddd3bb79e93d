import { json } from '@sveltejs/kit';
import { version } from '#lib/version.ts';
import type { RequestHandler } from './$types';

/** Answers strangers too, without details then. 503 while starting or stopping. */
export const GET: RequestHandler = ({ locals }) => {
  const { app, actor } = locals;
  const hosts = app.fleet.views();
  const archived = app.services.archive.isWell();
  const well = archived && hosts.every((host) => host.state === 'online');
  const phase = app.phase();
  const body = {
    status: phase === 'running' ? (well ? 'ok' : 'degraded') : phase,
    ...(actor === null
      ? {}
      : {
          version,
          hosts: Object.fromEntries(hosts.map((host) => [host.name, host.state])),
          archive: archived ? 'ok' : 'paused',
        }),
  };
  return json(body, { status: phase === 'running' ? 200 : 503 });
};
