import { AppError, type Problem } from '#lib/domain/errors.ts';
import type { SearchAnswer } from '#lib/protocol/log-search.ts';
import { load as door, type Door } from '#lib/server/http/doors.ts';
import { searchQuery, wholeAnswer } from '#lib/server/http/log-search-answer.ts';
import { toProblem } from '#lib/server/services/operations.ts';
import { isAsked, MOST_PANES, readAddress, searchParams, type LogsAddress } from './logs-address.ts';
import type { Pane } from './pane.ts';
import type { PageServerLoadEvent } from './$types';

/** A page that reads without JavaScript waits this long for what is found; with it the search goes on by itself. */
const PATIENCE_MS = 2_000;

export const load = door(async ({ app, actor, event }: Door<PageServerLoadEvent>) => {
  const address = readAddress(event.url.searchParams);
  const isFirst = !event.isDataRequest;
  const now = Date.now();
  return {
    now,
    choices: app.services.logSearch.choices(actor),
    found: isFirst && address.mode === 'search' && isAsked(address) ? await found() : null,
    panes: address.mode === 'split' ? await panes(app, actor, address) : [],
  };

  async function found(): Promise<{
    readonly answer: SearchAnswer | null;
    readonly problem: Problem | null;
  }> {
    try {
      const query = searchQuery(searchParams(address, now));
      const { signal } = event.request;
      const answer = await wholeAnswer(app.services.logSearch.search(actor, query, signal, PATIENCE_MS));
      return { answer, problem: null };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { answer: null, problem: toProblem(error) };
    }
  }
});

/** The newest lines of each agent that is looked at beside others. */
async function panes(
  app: App.Locals['app'],
  actor: App.Locals['actor'],
  { agent }: LogsAddress,
): Promise<readonly Pane[]> {
  const wanted = [...new Set(agent)].slice(0, MOST_PANES);
  return Promise.all(
    wanted.map(async (name) => {
      try {
        const { id, name: own, color } = app.services.agents.get(actor, name);
        const lines = await app.services.logs.recent(actor, id);
        return { wanted: name, id, name: own, color, lines, problem: null };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { wanted: name, id: null, name, color: null, lines: [], problem: toProblem(error) };
      }
    }),
  );
}
