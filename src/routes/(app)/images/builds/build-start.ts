/** What the form begins with: what was sent and refused, else what an earlier build was asked for. */
import { quoteWord } from '#lib/domain/docker-run/split.ts';
import { SOURCES, sourceNamed, type BuildSourceName } from './build-form.ts';

export const FIELDS = [
  'dockerfile',
  'git',
  'context',
  'file',
  'tag',
  'host',
  'buildArgs',
  'timeout',
] as const;
export type BuildFields = Record<(typeof FIELDS)[number], string> & { source: BuildSourceName };

export function startFields(
  sent: Readonly<Record<string, string>> | null,
  again: Readonly<Record<string, unknown>> | null,
): BuildFields {
  const text = (name: string) => sent?.[name] ?? textOf(again?.[name]);
  const fields = Object.fromEntries(FIELDS.map((name) => [name, text(name)])) as BuildFields;
  const named = SOURCES.find((name) => again?.[name] !== undefined);
  return { ...fields, host: fields.host || 'auto', source: sourceNamed(sent?.['source'] ?? named ?? '') };
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((word) => quoteWord(String(word))).join(' ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
