import { redirect, type RequestEvent } from '@sveltejs/kit';
import type { Door } from '#lib/server/http/doors.ts';

/** What both pages of operations can do with one, named by the field `operation`. */
export function cancelOperation({ app, actor }: Door<RequestEvent>, form: FormData) {
  app.services.operations.cancel(actor, idIn(form));
  return { done: 'cancel' };
}

/** Leads to the operation that does it again. */
export async function retryOperation({ app, actor }: Door<RequestEvent>, form: FormData): Promise<never> {
  const again = await app.services.retry.retry(actor, idIn(form));
  return redirect(303, `/activity/${again.id}`);
}

function idIn(form: FormData): string {
  const id = form.get('operation');
  return typeof id === 'string' ? id : '';
}
