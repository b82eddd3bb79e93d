import { endpoint } from '#lib/server/http/doors.ts';

/** Of all hosts; those that did not answer stand in `problems`. */
export const GET = endpoint(({ app, actor }) => app.services.images.list(actor));
