import type { BrowserContext } from '@playwright/test';

/**
 * Hears what goes wrong unseen in all pages of a context: errors on the console, thrown ones, and violations of the content security policy
 * (they come as console errors too). A test that causes some on purpose says which with `expected`.
 */
export class PageGuard {
  readonly #heard: string[] = [];
  readonly #expected: RegExp[] = [];

  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() !== 'error') return;
      this.#heard.push(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => {
      this.#heard.push(error.error().stack ?? error.error().message);
    });
  }

  expected(...patterns: readonly RegExp[]): void {
    this.#expected.push(...patterns);
  }

  /** What nobody expected. */
  get complaints(): readonly string[] {
    return this.#heard.filter((text) => !this.#expected.some((pattern) => pattern.test(text)));
  }
}

/** What Chromium says by itself when a server is gone, and when an answer has an error status. */
export const GONE = /net::ERR_|WebSocket connection to/;
export const refusedWith = (status: number) => new RegExp(`the server responded with a status of ${status} `);
