/** One line of a container's output. */
export interface LogLine {
  /** Grows by one from line to line and never repeats for a container while Slipway runs. */
  readonly seq: number;
  /** The engine's time, RFC 3339 with nanoseconds, in UTC: sorts as text. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  /** Without its newline; may hold ANSI codes. It is text and never markup. */
  readonly text: string;
  /** True when the line was longer than 64 KB and its end was cut. */
  readonly cut?: true;
  /** This is no line of the container: the engine lost what came between these two times. `text` is empty. */
  readonly gap?: { readonly from: string; readonly to: string };
}
