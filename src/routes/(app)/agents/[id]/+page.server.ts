import { wantedOf } from '#lib/components/logs/log-wanted.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { verbActions } from '#lib/server/http/agent-actions.ts';
import { load as door } from '#lib/server/http/doors.ts';
import { toProblem } from '#lib/server/services/operations.ts';
import { foundLines, LOOKED_THROUGH, wantsSome } from './found-lines.ts';
import type { PageServerLoadEvent } from './$types';

/** Lines that are drawn without JavaScript. */
const SHOWN = 200;

/**
 * The newest lines, so that the page reads without JavaScript, and those that the address asks for. An engine that is away is no reason to show
 * no page.
 */
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
    const { id } = event.params;
    const wanted = wantedOf(event.url.searchParams);
    let lines: readonly LogLine[] = [];
    let found: readonly LogLine[] | null = null;
    let logProblem = null;
    try {
      lines = await app.services.logs.recent(actor, id);
      if (wantsSome(wanted))
        found = foundLines(await app.services.logs.recent(actor, id, LOOKED_THROUGH), wanted).slice(-SHOWN);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'NOT_FOUND') throw error;
      logProblem = toProblem(error);
    }
    return { lines, found, logProblem };
  },
);

export const actions = verbActions;
