import { error } from '@sveltejs/kit';
import { notFound } from '#lib/domain/errors.ts';
import type { PageLoad } from './$types';

const PAGES = ['agents', 'overview', 'agent', 'login', 'many'] as const;

export const load: PageLoad = ({ params }) => {
  const page = PAGES.find((each) => each === params.page);
  if (page === undefined) error(404, { ...notFound('page', params.page).toProblem(), requestId: '' });
  return { page };
};
