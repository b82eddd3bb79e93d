import { AppError } from '#lib/domain/errors.ts';
import { endpoint } from '#lib/server/http/doors.ts';

/** What no other route answers gets the API's error shape, not a page. */
export const fallback = endpoint(({ event }) => {
  throw new AppError('NOT_FOUND', `There is no ${event.request.method} ${event.url.pathname}`);
});
