import { createContext } from 'svelte';
import type { Live } from './live.svelte.ts';
import type { Line, LineState } from './socket.svelte.ts';

/** The line of a page before and after it is there: parts ask for it when they mount and get it when it is loaded. */
export class Connection {
  line = $state.raw<Line | null>(null);
  readonly state: LineState = $derived(this.line?.state ?? { state: 'connecting' });

  /** Loads the socket's code and connects. In the browser only. Gives what ends it. */
  open(live: Live, reload: () => void): () => void {
    let over = false;
    void import('./socket.svelte.ts').then(({ Line }) => {
      if (!over) this.line = new Line(live, reload);
    });
    return () => {
      over = true;
      this.line?.close();
      this.line = null;
    };
  }
}

export const [useConnection, provideConnection] = createContext<Connection>();
