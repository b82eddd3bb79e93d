/**
 * A body as the docker run command that makes the same container: as words, and as text for a terminal. What the engine would take
 * anyway is left out, and so are Slipway's own labels: a container made by hand must not look like an agent.
 */
import { quoteWord } from './split.ts';
import type { CreateBody } from './create-body.ts';
import { FORMATTERS } from './formatters.ts';
import { withoutDefaults } from './defaults.ts';

export interface FormattedRun {
  readonly words: readonly string[];
  /** One flag a line, each line but the last with a backslash. */
  readonly text: string;
}

export interface RunIdentity {
  readonly name?: string | undefined;
  readonly platform?: string | undefined;
  /** Flags that the body does not say because they are what the engine takes anyway. */
  readonly more?: readonly (readonly string[])[];
}

export function formatRun(body: CreateBody, identity: RunIdentity = {}): FormattedRun {
  const { name, platform, more = [] } = identity;
  const flags = [
    ['--detach'],
    ...(name ? [['--name', name]] : []),
    ...(platform ? [['--platform', platform]] : []),
    ...more,
    ...flagLines(body),
  ];
  const { Entrypoint: [, ...entrypointRest] = [], Cmd = [] } = body;
  const last = [body.Image, ...entrypointRest, ...Cmd];
  const lines = [['docker', 'run', ...(flags[0] ?? [])], ...flags.slice(1), last];
  return {
    words: lines.flat(),
    text: lines.map((line) => line.map(quoteWord).join(' ')).join(' \\\n  '),
  };
}

/** The flags alone, as `startArgs` takes them: without image, command, name and platform. */
export function formatFlags(body: CreateBody): readonly string[] {
  return flagLines(body).flat();
}

function flagLines(body: CreateBody): readonly (readonly string[])[] {
  const said = withoutDefaults(body);
  return FORMATTERS.flatMap(([flag, valuesOf]) =>
    valuesOf(said).map((value) => (value === true ? [flag] : [flag, value])),
  );
}
