/** The output of a build while it grows, from its beginning. */

/** More than anybody reads in a page; the whole is a file. */
const KEPT_CHARACTERS = 200_000;

export class FollowedOutput {
  /** null: nothing has come yet. */
  text = $state.raw<string | null>(null);

  /** Ends when the build is over, or when the returned function is called. */
  follow(buildId: string): () => void {
    const gone = new AbortController();
    void this.#read(buildId, gone.signal).catch((error: unknown) => {
      // the page has the end of it from its load
      if (!gone.signal.aborted && !(error instanceof TypeError)) throw error;
    });
    return () => {
      gone.abort();
    };
  }

  async #read(buildId: string, signal: AbortSignal): Promise<void> {
    const response = await fetch(`/api/builds/${buildId}/log?follow=true`, { signal });
    if (!response.ok || response.body === null) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.text = ((this.text ?? '') + value).slice(-KEPT_CHARACTERS);
    }
  }
}

/** Without the colours that programs and the builder put in. */
export function withoutColours(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}
