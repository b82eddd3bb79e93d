/** When to draw: at most once a frame, and less often the longer a draw takes, so that drawing has a fifth of the time at most. */
const PAUSE_FOR_DRAW = 4;
const LONGEST_PAUSE_MS = 50;

export class DrawPace {
  readonly #draw: () => void;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = 0;
  #drawMs = 0;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** There is something to draw. */
  ask(): void {
    if (this.#frame !== 0 || this.#timer !== undefined) return;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, this.#drawMs * PAUSE_FOR_DRAW);
    const waitMs = this.#drawnAt + pauseMs - performance.now();
    if (waitMs <= 0) this.#nextFrame();
    else this.#timer = setTimeout(() => this.#nextFrame(), waitMs);
  }

  /** A draw that began then is over. */
  drawn(beganAt: number): void {
    this.#drawnAt = performance.now();
    this.#drawMs = this.#drawnAt - beganAt;
  }

  end(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = 0;
    this.#timer = undefined;
  }

  #nextFrame(): void {
    this.#timer = undefined;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }
}
