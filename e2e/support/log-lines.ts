import { expect, type Page } from '@playwright/test';
import { log } from './agent-page.ts';

/**
 * Every line of the log of this page, oldest first, as a reader would see them: only those on screen are in the document, so it scrolls
 * from the top to the end. Leaves it at the end, following.
 */
export async function readLog(page: Page): Promise<readonly string[]> {
  // earlier lines are loaded when the beginning is looked at; without a connection they are what they are
  await expect(async () => {
    await log(page).press('g');
    await expect(log(page)).toContainText(/The log begins here|could not be loaded/, { timeout: 1_000 });
  }).toPass();
  const found = await log(page).evaluate(async (box) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const rows = () => [...box.querySelectorAll<HTMLElement>('.ln')];
    /** Goes there and waits until its rows are drawn. Lines that come in the same frame may pull the place back: then it goes there again. */
    const goTo = async (top: number) => {
      for (let tries = 0; tries < 200; tries += 1) {
        const wanted = Math.min(top, box.scrollHeight - box.clientHeight);
        if (Math.abs(box.scrollTop - wanted) >= 1) box.scrollTop = wanted;
        await frame();
        const area = box.getBoundingClientRect();
        const first = rows().at(0)?.getBoundingClientRect().top ?? Infinity;
        const last = rows().at(-1)?.getBoundingClientRect().bottom ?? -Infinity;
        const isEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 1;
        const covers = (first <= area.top || wanted <= 0) && (last >= area.bottom || isEnd);
        if (covers && Math.abs(box.scrollTop - wanted) < 1) return;
      }
      throw new Error('the log did not draw what it was scrolled to');
    };
    const skipped = () =>
      rows()
        .filter((row) => row.matches('.ev[data-seq]'))
        .map((row) => row.querySelector('button'))
        .find((button) => button !== null);
    /** A flood is cut for whoever looks: what was left out is loaded where its mark stands. */
    const load = async (button: HTMLButtonElement) => {
      const key = button.closest<HTMLElement>('.ln')?.dataset['seq'];
      const isThere = () => rows().some((row) => row.matches('.ev[data-seq]') && row.dataset['seq'] === key);
      button.click();
      for (let tries = 0; tries < 600 && isThere(); tries += 1) await frame();
      if (isThere()) throw new Error('what was skipped did not come');
    };
    const lines = new Map<number, string>();
    box.dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }));
    for (let top = 0; ; top += box.clientHeight / 2) {
      await goTo(top);
      for (let button = skipped(); button !== undefined; button = skipped()) {
        await load(button);
        await goTo(top);
      }
      for (const line of rows()) {
        const text = line.querySelector('.tx')?.textContent;
        if (text !== undefined) lines.set(Number(line.dataset['seq']), text);
      }
      if (top + box.clientHeight >= box.scrollHeight) break;
    }
    return [...lines].sort(([a], [b]) => a - b);
  });
  await log(page).press('End');
  return found.map(([, text]) => text);
}

/** `line 7`, `line 8`, `line 9`: nothing is missing in between, nothing is there twice. */
export function expectConsecutive(lines: readonly string[]): void {
  const numbers = lines.map((line) => Number(/^line (\d+)$/.exec(line)?.[1] ?? Number.NaN));
  const breaks = numbers.flatMap((number, place) => {
    const before = numbers[place - 1];
    return before === undefined || number === before + 1 ? [] : [`${before} -> ${number} (${lines[place]})`];
  });
  expect(breaks, 'gaps and doubles of the log').toEqual([]);
}

export function lastNumber(lines: readonly string[]): number {
  return Number(/\d+$/.exec(lines.at(-1) ?? '')?.[0]);
}
