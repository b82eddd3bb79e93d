/** One who looks at a session, and how far behind. Nobody slows down anybody else: who is too slow gets the screen anew when there is room. */

export interface ViewerDoor {
  output(bytes: Buffer): void;
  screen(screen: string): void;
  changed(): void;
}

/** Bytes that are under way and not drawn yet. */
const MOST_UNDRAWN = 1024 * 1024;
const ROOM_AGAIN = 256 * 1024;

export class TerminalViewer {
  readonly door: ViewerDoor;
  readonly mayWrite: boolean;
  readonly #snapshot: (drawn: (screen: string) => void) => void;
  /** What came since a snapshot was asked for. */
  #held: Buffer[] | null = null;
  #undrawn = 0;
  #behind = false;
  #gone = false;

  constructor(
    door: ViewerDoor,
    options: {
      readonly mayWrite: boolean;
      readonly snapshot: (drawn: (screen: string) => void) => void;
    },
  ) {
    this.door = door;
    this.mayWrite = options.mayWrite;
    this.#snapshot = options.snapshot;
  }

  /** There is room for more. */
  get keepsUp(): boolean {
    return !this.#behind && this.#undrawn < MOST_UNDRAWN;
  }

  /** The screen as it is now; what comes after it follows by itself. */
  begin(): Promise<string> {
    this.#held = [];
    return new Promise((resolve) => {
      this.#snapshot((screen) => {
        resolve(screen);
        // whoever asked gets the screen before what follows it
        setImmediate(() => this.#release());
      });
    });
  }

  take(bytes: Buffer): void {
    if (this.#gone || this.#behind) return;
    if (this.#held !== null) this.#held.push(bytes);
    else if (this.#undrawn >= MOST_UNDRAWN * 2) this.#behind = true;
    else this.#send(bytes);
  }

  drawn(bytes: number): void {
    this.#undrawn = Math.max(0, this.#undrawn - bytes);
    if (!this.#behind || this.#undrawn > ROOM_AGAIN || this.#held !== null) return;
    this.#behind = false;
    this.#held = [];
    this.#snapshot((screen) => {
      if (this.#gone) return;
      this.door.screen(screen);
      this.#release();
    });
  }

  leave(): void {
    this.#gone = true;
    this.#held = null;
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const bytes of held) if (!this.#gone) this.#send(bytes);
  }

  #send(bytes: Buffer): void {
    this.#undrawn += bytes.length;
    this.door.output(bytes);
  }
}
