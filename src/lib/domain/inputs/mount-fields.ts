/** What is mounted into an agent: volumes, those of its group, and file systems in memory. */
import { z } from 'zod';
import type { VolumeSpec } from '../agent-spec.ts';
import { cleanPath, targetProblem } from '../docker-run/paths.ts';
import { isRefused } from '../docker-run/read.ts';
import { readTmpfs, readVolume } from '../docker-run/volumes.ts';
import { absolutePath, line, mapOf } from './primitives.ts';
import { readAs } from './spec-fields.ts';

const VOLUME_RULE = 'must be source:target[:mode], or an object with source and target';

const volumeText = line(8192).transform((value, context): VolumeSpec => {
  const read = readVolume(value);
  if (isRefused(read)) {
    context.addIssue({ code: 'custom', message: read.rule });
    return z.NEVER;
  }
  const { source, target, modes } = read.value;
  return { source, target, modes, create: false };
});

const volumeObject = z
  .strictObject({
    source: line(4096).min(1, 'must name a path or a volume'),
    target: line(4096).min(1, 'must be an absolute path'),
    mode: line(32).optional(),
    create: z.boolean().default(false),
  })
  .transform(({ source, target, mode, create }, context): VolumeSpec => {
    // a colon is what parts the fields of the text form, and the engine's
    const colon = (
      [
        ['source', source],
        ['target', target],
        ['mode', mode ?? ''],
      ] as const
    ).find(([, value]) => value.includes(':'));
    if (colon !== undefined) {
      context.addIssue({ code: 'custom', path: [colon[0]], message: 'must not have a colon' });
      return z.NEVER;
    }
    const read = readVolume([source, target, ...(mode === undefined ? [] : [mode])].join(':'));
    if (isRefused(read)) {
      context.addIssue({ code: 'custom', message: read.rule });
      return z.NEVER;
    }
    return { source, target, modes: read.value.modes, create };
  });

export const volumesInput = z
  .array(z.union([volumeText, volumeObject], VOLUME_RULE))
  .max(256)
  .superRefine((volumes, context) => {
    for (const [index, { target }] of volumes.entries()) {
      const earlier = volumes.findIndex((each) => cleanPath(each.target) === cleanPath(target));
      if (earlier < index)
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `has the target ${target} a second time`,
        });
    }
  });

export const sharedVolumesInput = z
  .array(
    z.strictObject({
      name: z
        .string()
        .regex(
          /^[a-z0-9][a-z0-9_.-]{0,40}$/,
          'must be lower-case letters, digits, "_", "." and "-", at most 41',
        ),
      target: absolutePath.superRefine((value, context) => {
        const problem = targetProblem(value);
        if (problem !== null) context.addIssue({ code: 'custom', message: problem });
      }),
    }),
  )
  .max(32);

const tmpfsList = z
  .array(readAs(readTmpfs))
  .max(64)
  .superRefine((list, context) => {
    const paths = list.map((entry) => cleanPath(entry.split(':')[0] ?? ''));
    for (const [index, path] of paths.entries())
      if (paths.indexOf(path) < index)
        context.addIssue({ code: 'custom', path: [index], message: `has the target ${path} a second time` });
  })
  .transform((list): Record<string, string> =>
    Object.fromEntries(
      list.map((entry) => {
        const colon = entry.indexOf(':');
        return colon === -1 ? [entry, ''] : [entry.slice(0, colon), entry.slice(colon + 1)];
      }),
    ),
  );
const tmpfsMap = mapOf(line(512)).superRefine((map, context) => {
  for (const [path, options] of Object.entries(map)) {
    const read = /[:\0\r\n]/.test(path)
      ? { rule: 'must be one line without a colon' }
      : readTmpfs(options === '' ? path : `${path}:${options}`);
    if (isRefused(read)) context.addIssue({ code: 'custom', path: [path], message: read.rule });
  }
});

/** `["/tmp", "/run:size=64m"]` or `{"/tmp": "", "/run": "size=64m"}`. */
export const tmpfsInput = z.union(
  [tmpfsList, tmpfsMap],
  'must be a list of path[:options], or a map of them',
);
