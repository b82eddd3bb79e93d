import { AppError } from '#lib/domain/errors.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { verbActions } from '#lib/server/http/agent-actions.ts';
import { load as door } from '#lib/server/http/doors.ts';
import { toProblem } from '#lib/server/services/operations.ts';
import type { PageServerLoadEvent } from './$types';

/** The newest lines, so that the page reads without JavaScript. An engine that is away is no reason to show no page. */
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
    let lines: readonly LogLine[] = [];
    let logProblem = null;
    try {
      lines = await app.services.logs.recent(actor, event.params.id);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'NOT_FOUND') throw error;
      logProblem = toProblem(error);
    }
    return { lines, logProblem };
  },
);

export const actions = verbActions;
