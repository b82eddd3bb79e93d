import { AppError } from '#lib/domain/errors.ts';
import { verbActions } from '#lib/server/http/agent-actions.ts';
import { load as door } from '#lib/server/http/doors.ts';
import { toProblem } from '#lib/server/services/operations.ts';
import type { PageServerLoadEvent } from './$types';

export const load = door(
  async ({
    app,
    actor,
    event,
  }: {
    app: App.Locals['app'];
    actor: App.Locals['actor'];
    event: PageServerLoadEvent;
  }) => {
    try {
      return {
        json: JSON.stringify(await app.services.agents.inspect(actor, event.params.id), null, 2),
        problem: null,
      };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { json: null, problem: toProblem(error) };
    }
  },
);

export const actions = verbActions;
