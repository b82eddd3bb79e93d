/** Short words that repeat what already stands in its place: a toast is never the only witness. Written in the browser only. */
import type { Tone } from './state-shapes.ts';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: Tone;
  readonly href: string | undefined;
}

const SHOWN_MS = 6000;
const AT_MOST = 3;

class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #last = 0;

  say(text: string, more: { tone?: Tone; href?: string } = {}): void {
    const id = ++this.#last;
    this.list = [...this.list, { id, text, tone: more.tone ?? 'rest', href: more.href }].slice(-AT_MOST);
    setTimeout(() => this.drop(id), SHOWN_MS);
  }

  drop(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
