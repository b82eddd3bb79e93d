/** How an image is built, as fields: for a build by itself and for an agent whose image is built first. */
import { z } from 'zod';
import type { BuildRecipe } from '../agent-spec.ts';
import { parseBuildArgs } from '../builds/build-args.ts';
import { readBuildFile, readTarget } from '../builds/build-flags.ts';
import {
  mergeSettings,
  PLAIN_SETTINGS,
  type BuildSettings,
  type SaidSettings,
} from '../builds/build-settings.ts';
import { SOURCE_FIELDS } from '../builds/build-source.ts';
import { readGitUrl } from '../builds/git-url.ts';
import { absolutePath, mapOf, text } from './primitives.ts';
import { readAs } from './spec-fields.ts';

const MAX_DOCKERFILE = 1024 ** 2;

const argsInput = mapOf(text(32_768).regex(/^[^\0]*$/, 'must not hold a NUL character')).superRefine(
  (args, context) => {
    for (const key of Object.keys(args))
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'a name is letters, digits and "_", first no digit',
        });
  },
);

const labelsInput = mapOf(text(4096)).superRefine((labels, context) => {
  for (const key of Object.keys(labels))
    if (key === '' || /[\s=]/.test(key) || key.startsWith('dev.slipway.'))
      context.addIssue({
        code: 'custom',
        path: [key],
        message: 'a key is one word without "=", and not under dev.slipway.',
      });
});

/** What both have in common. */
export const buildFields = {
  dockerfile: text(MAX_DOCKERFILE)
    .regex(/^[^\0]*$/, 'must not hold a NUL character')
    .regex(/\S/, 'must be the text of a Dockerfile')
    .optional(),
  context: absolutePath.optional(),
  git: readAs(readGitUrl, 2048).optional(),
  file: readAs(readBuildFile, 4096).optional(),
  args: argsInput.optional(),
  buildArgs: z.array(text(32_768)).max(1024).optional(),
  target: readAs(readTarget, 128).optional(),
  noCache: z.boolean().optional(),
  labels: labelsInput.optional(),
};

interface SaidFields {
  readonly [source: string]: unknown;
  readonly file?: string | undefined;
  readonly args?: Readonly<Record<string, string>> | undefined;
  readonly buildArgs?: readonly string[] | undefined;
  readonly target?: string | undefined;
  readonly noCache?: boolean | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Fields and, over them, the flags. null: a problem was told to the context. */
export function readSettings(
  said: SaidFields,
  context: z.core.$RefinementCtx,
): { readonly settings: BuildSettings; readonly flags: SaidSettings } | null {
  const { settings: flags, problems } = parseBuildArgs(said.buildArgs ?? []);
  for (const { field, rule } of problems)
    context.addIssue({ code: 'custom', path: ['buildArgs', Number(field.split('.')[1])], message: rule });
  if (problems.length > 0) return null;
  const fields: BuildSettings = {
    ...PLAIN_SETTINGS,
    file: said.file ?? null,
    args: said.args ?? {},
    labels: said.labels ?? {},
    target: said.target ?? null,
    noCache: said.noCache ?? false,
  };
  const settings = mergeSettings(fields, flags);
  if (said['dockerfile'] !== undefined && settings.file !== null) {
    context.addIssue({
      code: 'custom',
      path: ['file'],
      message: 'belongs to a context or to git: the text of a Dockerfile is the only file there is',
    });
    return null;
  }
  return { settings, flags };
}

export function countSources(said: SaidFields): number {
  return SOURCE_FIELDS.filter((name) => said[name] !== undefined).length;
}

/** Flags that are about a build by itself. */
const NOT_IN_RECIPES = ['tags', 'pull', 'platform', 'network', 'extraHosts'] as const;

/** The `build` of an agent. */
export const recipeInput = z.strictObject(buildFields).transform((said, context): BuildRecipe => {
  if (countSources(said) !== 1) {
    context.addIssue({ code: 'custom', message: `must have exactly one of ${SOURCE_FIELDS.join(', ')}` });
    return z.NEVER;
  }
  const read = readSettings(said, context);
  if (read === null) return z.NEVER;
  const alien = NOT_IN_RECIPES.filter((name) => read.flags[name] !== undefined);
  if (alien.length > 0) {
    context.addIssue({
      code: 'custom',
      path: ['buildArgs'],
      message: `has ${alien.join(', ')}, which is for a build by itself: an agent names its image by "image"`,
    });
    return z.NEVER;
  }
  const { file, args, target, noCache, labels } = read.settings;
  const { dockerfile = null, context: folder = null, git = null } = said;
  return { dockerfile, context: folder, git, file, args, target, noCache, labels };
});
