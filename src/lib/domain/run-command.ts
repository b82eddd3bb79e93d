/**
 * An agent as a docker run command, and a docker run command as the input that makes the same agent. Pure.
 *
 * Not all of an agent has a form in a command: readiness, idle, ttl, tags, role, group and capabilities are Slipway's own. The profile
 * `unrestricted` is a command without any security flag, and such a command is read as `standard`: pasting one must not loosen anything.
 * A privileged agent has no profile in its command and comes back as `standard`, which it does not use either. An entrypoint of several
 * words comes back as its first word and a longer command. Volumes come back with the same mounts, shared ones under their names.
 */
import { AGENT_NAME_RULE, containerName } from './agent-name.ts';
import { containerOf } from './agent-container.ts';
import type { AgentSpec } from './agent-spec.ts';
import type { AgentType } from './agent-types.ts';
import { splitOptions } from './command-fields.ts';
import { applyRunOptions, bareBody } from './docker-run/apply.ts';
import type { CreateBody } from './docker-run/create-body.ts';
import { formatFlags, formatRun, type FormattedRun } from './docker-run/format.ts';
import { parseCommand } from './docker-run/parse.ts';
import { validationError } from './errors.ts';
import { formatImageReference, parseImageReference } from './image-reference.ts';
import { defined, type PlainInput } from './spec-input.ts';

/** Without Slipway's own labels: a container made by hand must not look like an agent. */
export function runCommandOf(name: string, spec: AgentSpec): FormattedRun {
  const { body, platform } = containerOf(name, spec, {});
  return formatRun(body, {
    name: containerName(name),
    platform: platform ?? undefined,
    // as docker has it for a value that the caller's own environment holds: secrets are in no command
    more: [...unlimited(body.HostConfig), ...Object.keys(spec.secretEnv).map((key) => ['--env', key])],
  });
}

/** What is unlimited is said: a command without a limit gets the instance's when it is read again. */
function unlimited({ Memory, NanoCpus, CpuQuota, CpuPeriod, PidsLimit }: CreateBody['HostConfig']) {
  return [
    ...(Memory ? [] : [['--memory', '0']]),
    ...(NanoCpus || CpuQuota || CpuPeriod ? [] : [['--cpus', '0']]),
    ...(PidsLimit ? [] : [['--pids-limit', '-1']]),
  ];
}

function isRemoveFlag(word: unknown): boolean {
  return typeof word === 'string' && /^--rm(?:=|$)/.test(word);
}

export interface CommandAsInput {
  readonly input: PlainInput;
  /** Flags that were left out because they change nothing here. */
  readonly notes: readonly { readonly flag: string; readonly why: string }[];
}

/**
 * What the command says becomes fields where there is one, and start args where there is none; what it does not say is left to Slipway's
 * defaults (limits, network, security profile). Throws VALIDATION with the word and its place for what cannot be read.
 */
export function commandAsInput(command: string, types: readonly AgentType[]): CommandAsInput {
  const { options, image, command: words, notes, problems: all } = parseCommand(command);
  // very many commands have it: an agent is removed when somebody says so, and until then can be looked at
  const problems = all.filter(({ value }) => !isRemoveFlag(value));
  const removes = problems.length < all.length;
  if (problems.length > 0 || image === null) throw validationError(problems);
  const named = formatted(image);
  const type = types.find((each) => each.image === named);
  const validName = options.name !== undefined && AGENT_NAME_RULE.test(options.name);
  const name = validName ? options.name : undefined;
  const { fields, rest } = splitOptions(options, name ?? null);
  const leftOver = applyRunOptions(bareBody(image), rest, { field: 'command' });
  if ('problems' in leftOver) throw validationError(leftOver.problems);
  const startArgs = [
    ...(options.platform === undefined ? [] : ['--platform', options.platform]),
    ...formatFlags(leftOver.body),
  ];
  return {
    input: defined({
      name,
      type: type?.name ?? 'custom',
      image: type === undefined ? image : undefined,
      command: words ?? undefined,
      pull: options.pull,
      ...fields,
      startArgs: startArgs.length === 0 ? undefined : startArgs,
    }),
    notes: [
      ...notes,
      ...(removes
        ? [
            {
              flag: '--rm',
              why: 'an agent stays until somebody removes it, so that its end can be looked at',
            },
          ]
        : []),
      ...(options.name !== undefined && !validName
        ? [{ flag: '--name', why: `"${options.name}" is no name for an agent: one is made` }]
        : []),
    ],
  };
}

function formatted(image: string): string {
  try {
    return formatImageReference(parseImageReference(image));
  } catch {
    return image;
  }
}
