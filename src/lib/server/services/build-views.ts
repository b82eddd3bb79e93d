import type { BuildStep } from '#lib/domain/builds/build-output.ts';
import { settingsAsFlags } from '#lib/domain/builds/build-settings.ts';
import { sourceInWords } from '#lib/domain/builds/build-source.ts';
import type { BuildWish } from '#lib/domain/builds/build-input.ts';
import { wishAsInput } from '#lib/domain/builds/wish-input.ts';
import type { BuildStepView, BuildView } from '#lib/protocol/builds.ts';
import type { BuildRow } from '../storage/builds.ts';

/** What is kept of what was asked for: how to show it, and how to ask for it again. */
export function keptRequest(wish: BuildWish): BuildRow['request'] {
  return {
    source: sourceInWords(wish.source),
    args: settingsAsFlags(wish.settings),
    input: wishAsInput(wish),
  };
}

/** The input that asks for the same again; null for an upload. */
export function inputAgain({ request }: BuildRow): Readonly<Record<string, unknown>> | null {
  const { input } = request;
  return typeof input === 'object' && input !== null ? { ...input } : null;
}

export function stepView({ startedAt, endedAt, ...step }: BuildStep): BuildStepView {
  return {
    ...step,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
  };
}

export function buildView(row: BuildRow, host: string | null): BuildView {
  const { source, args } = row.request;
  return {
    id: row.id,
    operationId: row.operationId,
    host,
    tag: row.tag,
    imageId: row.imageId,
    state: row.state,
    source: typeof source === 'string' ? source : '',
    args: Array.isArray(args) ? args.filter((each) => typeof each === 'string') : [],
    steps: row.steps,
    error: row.error,
    actor: row.actor,
    startedAt: new Date(row.startedAt).toISOString(),
    endedAt: row.endedAt === null ? null : new Date(row.endedAt).toISOString(),
  };
}
