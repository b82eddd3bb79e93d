/** Texts of forms, and what stands in them. Pure. */
import type { Problem } from '#lib/domain/errors.ts';

export type FormTexts = Readonly<Record<string, string>>;

/** What stands between commas, or on lines. */
export function listIn(text: string): readonly string[] {
  return text
    .split(/[,\n]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** Names of boxes that are ticked: `state.crashed` under `state`. */
export function tickedIn(texts: FormTexts, group: string): readonly string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    key.startsWith(`${group}.`) && value !== '' ? [key.slice(group.length + 1)] : [],
  );
}

export function ticked(group: string, names: readonly string[]): FormTexts {
  return Object.fromEntries(names.map((name) => [`${group}.${name}`, 'on']));
}

/** A number, or the text as it is: the schema says what is wrong with it. */
export function numberIn(text: string): number | string {
  return /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

/** Everything that a form sent as text. */
export function textsIn(form: FormData): FormTexts {
  return Object.fromEntries(
    [...form].flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

/** What is wrong, by the field of the form; `places` name those that are called otherwise there. */
export function problemsAt(
  problem: Problem | null,
  places: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const at: Record<string, string> = {};
  for (const { field, rule } of problem?.details?.fields ?? []) {
    const [group = '', name] = field.split('.');
    const place = places[field] ?? places[`${group}.${name ?? ''}`] ?? places[group] ?? field;
    at[place] ??= rule;
  }
  return at;
}
