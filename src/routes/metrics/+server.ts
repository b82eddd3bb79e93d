import { endpoint } from '#lib/server/http/doors.ts';

export const GET = endpoint(async ({ app, actor }) => {
  const { text, type } = await app.services.prometheus.scrape(actor);
  return new Response(text, { headers: { 'content-type': type } });
});
