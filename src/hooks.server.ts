import type { Handle, HandleServerError, ServerInit } from '@sveltejs/kit';
import { building } from '$app/environment';
import type { App } from '#lib/server/app.ts';
import { boot } from '#lib/server/http/boot.ts';
import { handleWith } from '#lib/server/http/handle.ts';

let app: App | null = null;

export const init: ServerInit = async () => {
  if (!building) app = await boot();
};

export const handle: Handle = (input) => {
  if (app === null) throw new Error('the app has not started');
  return handleWith(app, input);
};

export const handleError: HandleServerError = ({ error, event, status, message }) => {
  const { requestId } = event.locals;
  if (status === 404)
    return { message: 'There is no such page', code: 'NOT_FOUND', hint: 'Check the address.', requestId };
  if (status < 500)
    return { message, code: 'VALIDATION', hint: 'Correct the request and send it again.', requestId };
  event.locals.app.log.error({ err: error, requestId, path: event.url.pathname }, 'a request broke');
  return {
    message: 'Slipway made a mistake here',
    code: 'INTERNAL',
    hint: `The log has the details under the request id ${requestId}.`,
    requestId,
  };
};
