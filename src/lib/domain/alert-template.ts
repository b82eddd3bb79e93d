/**
 * The body of a webhook as a user wrote it: JSON with `{{names}}` inside its texts. What is put in is escaped as in a JSON text, so that no
 * line of a log can break out of its quotes.
 */
export const TEMPLATE_NAMES = [
  'id',
  'rule',
  'text',
  'at',
  'when',
  'agent',
  'agentId',
  'type',
  'host',
  'state',
  'exitCode',
  'line',
  'value',
] as const;
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What is not known is an empty text. */
export function fillTemplate(
  template: string,
  values: Readonly<Partial<Record<TemplateName, string>>>,
): string {
  return template.replace(PLACEHOLDER, (_whole, name: string) => {
    const known = TEMPLATE_NAMES.find((each) => each === name);
    return JSON.stringify((known === undefined ? undefined : values[known]) ?? '').slice(1, -1);
  });
}

/** What is wrong with a template, as a rule that goes on from the field's name; null when nothing is. */
export function templateProblem(template: string): string | null {
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  const unknown = names.find((name) => !TEMPLATE_NAMES.some((each) => each === name));
  if (unknown !== undefined) return `has no {{${unknown}}}; there are ${TEMPLATE_NAMES.join(', ')}`;
  const awkward = Object.fromEntries(TEMPLATE_NAMES.map((name) => [name, 'a "quoted" \\ text\n']));
  try {
    JSON.parse(fillTemplate(template, awkward));
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `must be JSON with its {{names}} inside quotes: ${error.message}`;
  }
}
