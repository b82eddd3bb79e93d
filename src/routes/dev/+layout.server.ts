import { notFound } from '#lib/domain/errors.ts';
import { error } from '@sveltejs/kit';
import { dev } from '$app/environment';
import { env } from '$env/dynamic/private';
import type { LayoutServerLoad } from './$types';

/** The pages of components are for building and testing Slipway: elsewhere they do not exist. */
export const load: LayoutServerLoad = ({ locals }) => {
  if (dev || env['SLIPWAY_DEV_PAGES'] === '1') return;
  error(404, { ...notFound('page', '/dev').toProblem(), requestId: locals.requestId });
};
