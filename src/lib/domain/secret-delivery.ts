/**
 * How a secret reaches the main process of an agent without being in its Env, which every inspect shows and every commit keeps: as a file in
 * an anonymous volume of the container (it goes with the container, and no commit holds it), which a wrapper around the image's own command
 * reads and exports. What the engine runs is `/bin/sh /run/slipway/start <entrypoint and command>`.
 */
import { cleanPath } from './docker-run/paths.ts';
import type { CreateBody } from './docker-run/create-body.ts';
import { validationError } from './errors.ts';
import { OWN_LABELS } from './labels.ts';

export const SECRET_FOLDER = '/run/slipway';
export const SECRET_SHELL = '/bin/sh';
const WRAPPER = [SECRET_SHELL, `${SECRET_FOLDER}/start`] as const;

export interface ImageCommand {
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
}

/** What the container would run without the wrapper: an entrypoint that is given takes the image's command away, as for Docker. */
export function commandOf(body: CreateBody, image: ImageCommand): ImageCommand {
  const entrypoint = body.Entrypoint ?? image.entrypoint;
  const command = body.Cmd ?? (body.Entrypoint === undefined ? image.command : null);
  return { entrypoint: entrypoint ?? null, command: command ?? null };
}

/** Throws VALIDATION when something else is mounted there, or when there is nothing to run. */
export function wrapCommand(body: CreateBody, image: ImageCommand): CreateBody {
  const { entrypoint, command } = commandOf(body, image);
  const words = [...(entrypoint ?? []), ...(command ?? [])];
  if (words.length === 0) {
    throw validationError([
      { field: 'command', value: null, rule: 'is needed: the image has none, and secrets are given to one' },
    ]);
  }
  const { HostConfig: host } = body;
  const targets = [
    ...(host.Mounts ?? []).map((mount) => mount.Target),
    ...(host.Binds ?? []).map((bind) => bind.split(':')[1] ?? ''),
    ...Object.keys(host.Tmpfs ?? {}),
  ];
  if (targets.some((target) => cleanPath(target) === SECRET_FOLDER)) {
    throw validationError([
      { field: 'volumes', value: SECRET_FOLDER, rule: 'is where secrets are: mount it somewhere else' },
    ]);
  }
  const ran = [...WRAPPER, ...words];
  const hasEntrypoint = entrypoint !== null && entrypoint.length > 0;
  const split = WRAPPER.length + (entrypoint?.length ?? 0);
  return {
    ...body,
    // an entrypoint that a container has cannot be taken away again in a commit: there is one only where there was one
    ...(hasEntrypoint
      ? { Entrypoint: ran.slice(0, split), ...(command === null ? {} : { Cmd: command }) }
      : { Cmd: ran }),
    HostConfig: {
      ...host,
      Mounts: [
        ...(host.Mounts ?? []),
        { Type: 'volume', Target: SECRET_FOLDER, VolumeOptions: { NoCopy: true } },
      ],
    },
  };
}

/** The instructions that give a wrapped container's image its own command back; none when it is not wrapped. */
function unwrap({ entrypoint, command }: ImageCommand): readonly string[] {
  if (isWrapped(entrypoint)) {
    const own = `ENTRYPOINT ${JSON.stringify(entrypoint.slice(WRAPPER.length))}`;
    // an entrypoint takes the command away when none is said after it
    return command === null ? [own] : [own, `CMD ${JSON.stringify(command)}`];
  }
  return isWrapped(command) ? [`CMD ${JSON.stringify(command.slice(WRAPPER.length))}`] : [];
}

function isWrapped(words: readonly string[] | null): words is readonly string[] {
  return words !== null && WRAPPER.every((word, at) => words[at] === word);
}

/** The files of the folder: a text that a POSIX shell reads, and the wrapper. */
export function secretFiles(
  values: Readonly<Record<string, string>>,
): readonly { readonly name: string; readonly text: string }[] {
  const lines = Object.entries(values).map(([key, value]) => `export ${key}=${quoted(value)}\n`);
  return [
    { name: 'env', text: lines.join('') },
    { name: 'start', text: `#!/bin/sh\n. ${SECRET_FOLDER}/env\nexec "$@"\n` },
  ];
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * Dockerfile instructions for a commit: no label of ours travels as identity, a wrapped command is as it was, and values that were given as
 * plain variables are blank (the engine keeps the name, and the value in the record of how the image was made: docs/operate.md).
 */
export function commitChanges(container: {
  readonly labels: Readonly<Record<string, string>>;
  readonly command: ImageCommand;
  readonly secretVariables: readonly string[];
}): readonly string[] {
  const own = Object.keys(container.labels).filter((key) => key.startsWith(OWN_LABELS));
  return [
    ...own.map((key) => `LABEL ${JSON.stringify(key)}=""`),
    ...container.secretVariables.map((key) => `ENV ${key}=`),
    ...unwrap(container.command),
  ];
}
