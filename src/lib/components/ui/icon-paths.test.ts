import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ICONS } from './icon-names.ts';

const iconData = z.object({ node: z.array(z.tuple([z.string(), z.record(z.string(), z.string())])) });

/** The insides of lucide's svg of that name, from the package's own data. */
function lucidePaths(name: string): string {
  const file = readFileSync(`node_modules/@lucide/svelte/dist/icons/${name}.svelte`, 'utf8');
  const [, data = ''] = /const iconData = (\{.*\});/.exec(file) ?? [];
  const { node } = iconData.parse(JSON.parse(data));
  return node
    .map(([tag, attributes]) => {
      const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
      return `<${tag}${written.join('')}/>`;
    })
    .join('');
}

describe('icon-paths.ts', () => {
  it("holds lucide's drawing of every icon that is in use (vitest -u writes it anew)", async () => {
    const entries = Object.entries(ICONS).map(
      ([name, lucide]) => `${JSON.stringify(name)}: '${lucidePaths(lucide)}',`,
    );
    const text = `
      /** Made by icon-paths.test.ts from lucide (ISC licence): the drawing of each icon in a box of 24. */
      export const ICON_PATHS = {
        ${entries.join('\n')}
        // ours: lucide's square reads as a checkbox
        stop: '<rect width="12" height="12" x="6" y="6" rx="1.5" fill="currentColor" stroke="none"/>',
      } as const;`;
    const formatted = await format(text, { parser: 'typescript', singleQuote: true, printWidth: 110 });
    await expect(formatted).toMatchFileSnapshot('./icon-paths.ts');
  });
});
