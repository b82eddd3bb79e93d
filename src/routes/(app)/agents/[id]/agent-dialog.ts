/** Which dialog of an agent's page is open. It stands in the address (`?do=rename`), so that it can be linked and works without JavaScript. Pure. */
import type { Problem } from '#lib/domain/errors.ts';

export const AGENT_DIALOGS = ['rename', 'update', 'kill'] as const;
export type AgentDialog = (typeof AGENT_DIALOGS)[number];

/** What a form action answered, as far as dialogs ask. */
export interface FormAnswer {
  readonly done?: string;
  readonly error?: Problem;
  readonly action?: string;
  readonly values?: Readonly<Record<string, string>>;
}

export function readAnswer(form: unknown): FormAnswer {
  return typeof form === 'object' && form !== null ? form : {};
}

/** The one in the address, unless it was just done. */
export function dialogOf(query: URLSearchParams, form: FormAnswer): AgentDialog | null {
  const asked = AGENT_DIALOGS.find((each) => each === query.get('do')) ?? null;
  return asked !== null && form.done === asked ? null : asked;
}

/** The problem of the form of this action; null for another one's. */
export function problemOf(form: FormAnswer, action: string): Problem | null {
  return form.error !== undefined && form.action === action ? form.error : null;
}

/** What is wrong with a field of the API (`resources.memory`), from the problem's list. */
export function ruleOf(problem: Problem | null, ...fields: readonly string[]): string | null {
  const found = problem?.details?.fields?.find(({ field }) => fields.includes(field));
  return found?.rule ?? null;
}

/** A problem whose every field has a place in the form needs no words of its own. */
export function restOf(problem: Problem | null, fields: readonly string[]): Problem | null {
  const refused = problem?.details?.fields ?? [];
  return refused.length > 0 && refused.every(({ field }) => fields.includes(field)) ? null : problem;
}
