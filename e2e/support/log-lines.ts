import { expect, type Page } from '@playwright/test';
import { log } from './agent-page.ts';

/**
 * Every line of the log of this page, oldest first, as a reader would see them: only those on screen are in the document, so it scrolls
 * from the top to the end. Leaves it at the end, following.
 */
export async function readLog(page: Page): Promise<readonly string[]> {
  const found = await log(page).evaluate(async (box) => {
    const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const lines = new Map<number, string>();
    box.dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }));
    for (let top = 0; ; top += box.clientHeight / 2) {
      box.scrollTop = top;
      await drawn();
      for (const line of box.querySelectorAll<HTMLElement>('.ln')) {
        lines.set(Number(line.dataset['seq']), line.querySelector('.tx')?.textContent ?? '');
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
  const first = numbers[0] ?? Number.NaN;
  expect(numbers).toEqual(numbers.map((_, place) => first + place));
}

export function lastNumber(lines: readonly string[]): number {
  return Number(/\d+$/.exec(lines.at(-1) ?? '')?.[0]);
}
