import { endpoint, readJson } from '#lib/server/http/doors.ts';

export const GET = endpoint(({ app, actor }) => app.services.imagePolicy.get(actor));

/** `{allow: ["ghcr.io/acme", …] or null, strict}` replaces the policy. */
export const PUT = endpoint(async ({ app, actor, event }) =>
  app.services.imagePolicy.change(actor, await readJson(event.request)),
);
