/**
 * How far a pull or push is, over all its layers. Layers that move at the same time are known one after another, so the total grows on the
 * way; the percent never goes back.
 */
import { formatBytes } from '#lib/domain/quantities.ts';
import type { LayerState, LayerView, TransferView } from '#lib/protocol/views.ts';
import type { TransferProgress } from '../engine/engine.ts';

const SPEED_WINDOW_MS = 5_000;
/** A speed of less time is a guess. */
const SPEED_LEAST_MS = 500;

const STATES: readonly (readonly [RegExp, LayerState])[] = [
  [/^(?:Pulling fs layer|Waiting|Preparing)/, 'waiting'],
  [/^(?:Downloading|Pushing|Retrying)/, 'moving'],
  [/^(?:Verifying|Download complete)/, 'checking'],
  [/^Extracting/, 'unpacking'],
  [/^(?:Pull complete|Already exists|Pushed|Layer already exists|Mounted from)/, 'done'],
];

interface Layer {
  state: LayerState;
  /** Bytes over the wire. */
  moved: number;
  /** null: not known yet. */
  size: number | null;
  current: number | null;
  total: number | null;
}

export class TransferMeter {
  readonly #layers = new Map<string, Layer>();
  readonly #marks: { readonly at: number; readonly bytes: number }[] = [];
  #percent: number | null = null;

  /** `now` in milliseconds. */
  add({ layer: id, status, current, total }: TransferProgress, now: number): void {
    const state = STATES.find(([pattern]) => pattern.test(status))?.[1];
    if (id === null || state === undefined) return;
    const layer = this.#layers.get(id) ?? { state, moved: 0, size: null, current: null, total: null };
    this.#layers.set(id, layer);
    layer.state = state;
    layer.current = current;
    layer.total = total;
    if (state === 'moving' && total !== null) {
      layer.moved = Math.min(current ?? 0, total);
      layer.size = total;
    }
    // small layers come without a word about their bytes, and those that are here already never move
    if (state === 'checking' || state === 'unpacking' || state === 'done') {
      layer.size ??= 0;
      layer.moved = layer.size;
    }
    const { moved, size, known } = this.#sums();
    this.#marks.push({ at: now, bytes: moved });
    while ((this.#marks[1]?.at ?? now) < now - SPEED_WINDOW_MS) this.#marks.shift();
    // a small layer that is over before the large ones begin is not all of it
    const share = known / this.#layers.size;
    if (size > 0) this.#percent = Math.max(this.#percent ?? 0, Math.floor((moved / size) * share * 100));
  }

  /** 0 to 100; null: no size is known. */
  get percent(): number | null {
    return this.#percent;
  }

  get text(): string {
    const { moved, size, isWhole } = this.#sums();
    if (this.#percent === null) return '';
    return moved < size || !isWhole
      ? `${formatBytes(moved)} of ${formatBytes(size)}`
      : `${formatBytes(size)}, unpacking`;
  }

  view(): TransferView {
    const { moved, size, isWhole } = this.#sums();
    const speed = this.#speed();
    return {
      layers: [...this.#layers].map(([id, { state, current, total }]): LayerView => ({
        id,
        state,
        current,
        total,
      })),
      current: moved,
      total: size,
      bytesPerSecond: speed,
      secondsLeft: isWhole && speed !== null && speed > 0 ? Math.ceil((size - moved) / speed) : null,
    };
  }

  #sums() {
    const layers = [...this.#layers.values()];
    const known = layers.filter((each) => each.size !== null).length;
    return {
      moved: layers.reduce((sum, each) => sum + each.moved, 0),
      size: layers.reduce((sum, each) => sum + (each.size ?? 0), 0),
      /** How many layers have said their size. */
      known,
      isWhole: layers.length > 0 && known === layers.length,
    };
  }

  #speed(): number | null {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (first === undefined || last === undefined || last.at - first.at < SPEED_LEAST_MS) return null;
    return Math.round(((last.bytes - first.bytes) / (last.at - first.at)) * 1000);
  }
}
