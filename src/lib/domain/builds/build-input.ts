/** What `POST /api/builds` takes. With an uploaded tar the same fields come as a query, and no source among them. */
import { z } from 'zod';
import { buildFields, countSources, readSettings } from '../inputs/build-fields.ts';
import { line } from '../inputs/primitives.ts';
import { secondsInput } from '../inputs/primitives.ts';
import { readTag } from './build-flags.ts';
import { isRefused } from '../docker-run/read.ts';
import type { BuildSettings } from './build-settings.ts';
import { SOURCE_FIELDS, type BuildSource } from './build-source.ts';

export const DEFAULT_BUILD_SECONDS = 600;

/** A build as it is asked for, complete. */
export interface BuildWish {
  readonly source: BuildSource;
  /** The name that the result gets, in its shortest form. */
  readonly tag: string;
  readonly settings: BuildSettings;
  readonly host: string;
  /** Seconds. */
  readonly timeout: number;
}

const fields = {
  ...buildFields,
  tag: line(512).min(1, 'must be a name for the image').optional(),
  pull: z.boolean().optional(),
  host: line(63).default('auto'),
  timeout: secondsInput.default(DEFAULT_BUILD_SECONDS),
};

type Said = z.output<z.ZodObject<typeof fields>>;

export const buildInput = z.strictObject(fields).transform((said, context): BuildWish => {
  if (countSources(said) !== 1) {
    context.addIssue({ code: 'custom', path: [missingSource(said)], message: SOURCE_RULE });
    return z.NEVER;
  }
  return wishOf(said, sourceOf(said), context);
});

/** For a tar that came as the body. */
export const uploadInput = z.strictObject(fields).transform((said, context): BuildWish => {
  const alien = SOURCE_FIELDS.find((name) => said[name] !== undefined);
  if (alien !== undefined) {
    context.addIssue({ code: 'custom', path: [alien], message: 'cannot be given with an uploaded tar' });
    return z.NEVER;
  }
  return wishOf(said, { kind: 'upload' }, context);
});

const SOURCE_RULE = `must be given as exactly one of ${SOURCE_FIELDS.join(', ')}, or a tar as the body`;

function missingSource(said: Said): string {
  return SOURCE_FIELDS.findLast((name) => said[name] !== undefined) ?? SOURCE_FIELDS[0];
}

function sourceOf({ dockerfile, context, git }: Said): BuildSource {
  if (dockerfile !== undefined) return { kind: 'dockerfile', text: dockerfile };
  if (context !== undefined) return { kind: 'context', path: context };
  return { kind: 'git', url: git ?? '' };
}

function wishOf(said: Said, source: BuildSource, context: z.core.$RefinementCtx): BuildWish {
  const read = readSettings(said, context);
  if (read === null) return z.NEVER;
  const named = said.tag === undefined ? null : readTag(said.tag);
  if (named !== null && isRefused(named)) {
    context.addIssue({ code: 'custom', path: ['tag'], message: named.rule });
    return z.NEVER;
  }
  const tags = [...(named === null ? [] : [named.value]), ...read.settings.tags];
  const [tag, ...more] = [...new Set(tags)];
  if (tag === undefined) {
    context.addIssue({ code: 'custom', path: ['tag'], message: 'must be a name for the image' });
    return z.NEVER;
  }
  const pull = read.flags.pull ?? said.pull ?? false;
  return {
    source,
    tag,
    settings: { ...read.settings, tags: more, pull },
    host: said.host,
    timeout: said.timeout,
  };
}
