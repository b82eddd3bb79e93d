/** Where things are on the pages about agents. */
import { expect, type Locator, type Page } from '@playwright/test';

/** The row (or card) of an agent in a list. */
export function row(page: Page, name: string): Locator {
  return page.getByRole('rowgroup').filter({ has: page.getByRole('link', { name, exact: true }) });
}

/** The state in words, in its row. */
export function rowState(page: Page, name: string): Locator {
  return row(page, name).locator('.a-st');
}

/** The state in words, in the head of its own page. */
export function badge(page: Page): Locator {
  return page.locator('header .badge');
}

/** A button in the head of its own page. */
export function verb(page: Page, name: string): Locator {
  return page.locator('header').getByRole('button', { name, exact: true });
}

/** Waits until the page's script runs and its socket is open: before that forms are sent as without JavaScript, and nothing is live. */
export async function awake(page: Page): Promise<void> {
  await expect(page.getByRole('navigation').getByRole('status').filter({ hasText: 'Live' })).toBeVisible();
}

export function log(page: Page): Locator {
  return page.getByRole('log');
}

/** A shell script as an agent's command. It ends by SIGTERM at once. */
export function script(text: string): readonly string[] {
  return ['sh', '-c', text];
}

/** Prints `line 1`, `line 2` ... without end, this many milliseconds apart. */
export function counting(everyMs: number): readonly string[] {
  return script(`i=0; while true; do i=$((i+1)); echo "line $i"; usleep ${everyMs * 1000}; done`);
}

/** Runs until it is stopped and prints one line. */
export const quiet = script('echo up; exec sleep infinity');

/** Opens one of the groups of the advanced part of the launch form. */
export async function openGroup(page: Page, name: string): Promise<void> {
  const advanced = page.locator('details.advanced');
  if (!(await advanced.evaluate((element: HTMLDetailsElement) => element.open)))
    await page.getByText('Advanced', { exact: true }).click();
  const group = advanced.locator('details').filter({ has: page.getByText(name, { exact: true }) });
  const opened = await group.first().evaluate((element: HTMLDetailsElement) => element.open);
  if (!opened) await group.first().locator('summary').click();
}
