/**
 * A search over all logs as a page sees it: hits come while it goes on. Cancelling closes the request, and that ends the work on the server.
 */
import type { Problem } from '#lib/domain/errors.ts';
import type {
  SearchAnswer,
  SearchEnd,
  SearchEvent,
  SearchHit,
  SearchProgress,
} from '#lib/protocol/log-search.ts';
import { problemIn } from './api.ts';

/** New hits are shown this often at most. */
const SHOW_EVERY_MS = 60;

export class LogSearch {
  hits = $state.raw<readonly SearchHit[]>([]);
  progress = $state.raw<SearchProgress | null>(null);
  end = $state.raw<SearchEnd | null>(null);
  problem = $state.raw<Problem | null>(null);
  running = $state(false);
  cancelled = $state(false);

  #query = new URLSearchParams();
  #stop: AbortController | null = null;

  /** What the server found already for this query. */
  seed(query: URLSearchParams, answer: SearchAnswer): void {
    this.#begin(query);
    this.hits = answer.hits;
    const cursor = answer.nextCursor ?? null;
    this.end = { reason: answer.reason, cursor, unreadable: answer.unreadable };
  }

  start(query: URLSearchParams): void {
    this.#begin(query);
    void this.#run(query);
  }

  /** Further back, after what is there. */
  goOn(): void {
    const cursor = this.end?.cursor ?? null;
    if (cursor === null || this.running) return;
    const query = new URLSearchParams(this.#query);
    query.set('cursor', cursor);
    this.end = null;
    void this.#run(query);
  }

  cancel(): void {
    this.cancelled = this.running;
    this.close();
  }

  close(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.running = false;
  }

  #begin(query: URLSearchParams): void {
    this.close();
    this.#query = query;
    this.hits = [];
    this.progress = null;
    this.end = null;
    this.problem = null;
    this.cancelled = false;
  }

  async #run(query: URLSearchParams): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    this.running = true;
    try {
      const response = await fetch(`/api/logs/search?${query}`, {
        headers: { accept: 'application/x-ndjson' },
        signal: stop.signal,
      });
      if (!response.ok || response.body === null) {
        this.problem = problemIn(await response.json().catch(() => null)) ?? broken();
        return;
      }
      await this.#take(response.body, stop.signal);
    } catch {
      if (!stop.signal.aborted) this.problem = broken();
    } finally {
      if (this.#stop === stop) this.close();
    }
  }

  async #take(body: ReadableStream<Uint8Array<ArrayBuffer>>, signal: AbortSignal): Promise<void> {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    let news: SearchHit[] = [];
    let shownAt = 0;
    const show = () => {
      if (news.length > 0) this.hits = [...this.hits, ...news];
      news = [];
      shownAt = performance.now();
    };
    for (;;) {
      const { done, value } = await reader.read();
      if (signal.aborted) return;
      const lines = (rest + (value ?? '')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event: SearchEvent = JSON.parse(line);
        if ('hit' in event) news.push(event.hit);
        else if ('progress' in event) this.progress = event.progress;
        else this.end = event.end;
      }
      if (done || performance.now() - shownAt > SHOW_EVERY_MS) show();
      if (!done) continue;
      // the server ended it in the middle
      if (this.end === null) this.problem = broken();
      return;
    }
  }
}

function broken(): Problem {
  return {
    code: 'HOST_UNREACHABLE',
    message: 'The search was cut off',
    hint: 'Search again when the connection is back.',
  };
}
