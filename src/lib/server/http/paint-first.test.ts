import { expect, it } from 'vitest';
import { paintFirst } from './paint-first.ts';

const KIT = `<script nonce="x">{ const element = document.currentScript.parentElement;
  Promise.all([
    import("./_app/start.js"),
    import("./_app/app.js")
  ]).then(([kit, app]) => { kit.start(app, element); }); }</script>`;

it('the scripts of a page wait for its first frame, or a moment', () => {
  const html = paintFirst(KIT);
  expect(html).toContain('requestAnimationFrame');
  expect(html).toContain(
    '.then(() => Promise.all([import("./_app/start.js"), import("./_app/app.js")])).then(',
  );
});

it('a page that begins in another way is left as it is', () => {
  expect(paintFirst('<p>Promise.all([1, 2])</p>')).toBe('<p>Promise.all([1, 2])</p>');
});
