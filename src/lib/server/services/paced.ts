export interface Paced {
  /** Something is new: it is told now, or when the pause is over. */
  news(): void;
  /** Tells what was not told yet, and nothing after it. */
  end(): void;
}

/** Tells of what changes often: at once, then at most every `pauseMs`, and the last change is never lost. */
export function paced(pauseMs: number, tell: () => void): Paced {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let waiting = false;
  let over = false;
  const pause = () => {
    timer = setTimeout(() => {
      timer = null;
      if (!waiting) return;
      waiting = false;
      tell();
      pause();
    }, pauseMs);
  };
  return {
    news() {
      if (over) return;
      if (timer !== null) {
        waiting = true;
        return;
      }
      tell();
      pause();
    },
    end() {
      if (timer !== null) clearTimeout(timer);
      if (waiting) tell();
      over = true;
    },
  };
}
