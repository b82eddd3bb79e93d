/** A form in a dialog of the agent's page: it stays with its problem until it is done, then the address leads back to the page. */
import { applyAction } from '$app/forms';
import { goto, invalidateAll } from '$app/navigation';
import type { SubmitFunction } from '@sveltejs/kit';

export class DialogForm {
  sending = $state(false);
  readonly #back: () => string;

  /** `back`: the address without the dialog. */
  constructor(back: () => string) {
    this.#back = back;
  }

  readonly enhance: SubmitFunction = ({ cancel }) => {
    if (this.sending) cancel();
    this.sending = true;
    return async ({ result }) => {
      this.sending = false;
      await applyAction(result);
      if (result.type !== 'success') return;
      await this.close();
      await invalidateAll();
    };
  };

  async close(): Promise<void> {
    await goto(this.#back(), { replaceState: true, noScroll: true, keepFocus: true });
  }
}
