import { dev } from '$app/environment';
import { notFound } from '#lib/domain/errors.ts';
import { load as door } from '#lib/server/http/doors.ts';

/** The pages of components are for building and testing Slipway: elsewhere they do not exist. */
export const load = door(({ app }) => {
  if (!dev && !app.config.devPages) throw notFound('page', '/dev');
});
