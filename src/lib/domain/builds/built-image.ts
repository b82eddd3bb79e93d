import type { BuildRecipe } from '../agent-spec.ts';

/** The name of what is built for an agent that names no image: of its type, and of a key of the recipe, so that two recipes never share one. */
export function builtImage(type: string, recipe: BuildRecipe, keyOf: (text: string) => string): string {
  const plain = type
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `slipway/build-${plain === '' ? 'agent' : plain}:${keyOf(JSON.stringify(recipe)) || 'latest'}`;
}

/** The recipe as the input that gives it again: only what it says. */
export function recipeAsInput(recipe: BuildRecipe): Readonly<Record<string, unknown>> {
  const said = Object.entries(recipe).filter(
    ([, value]: [string, unknown]) =>
      value !== null && value !== false && !(typeof value === 'object' && Object.keys(value).length === 0),
  );
  return Object.fromEntries(said);
}
