/** What a page of figures knows of its time: the range of its address, moving on with the clock while it ends now, and the way closer and back. */
import { goto, invalidate } from '$app/navigation';
import { zoomQuery, type TimeRange } from '#lib/domain/metric-ranges.ts';
import { clock } from '../ui/clock.ts';
import { TimeCursor } from './time-cursor.svelte.ts';

/** Samples of a page go back fifteen minutes; before that the history has to know. */
const FRESH_MS = 5 * 60_000;

export class TimeView {
  readonly cursor = new TimeCursor();
  readonly #given: () => TimeRange;
  #zooms = $state(0);

  constructor(given: () => TimeRange) {
    this.#given = given;
  }

  /** As it is now. */
  readonly range: TimeRange = $derived.by(() => {
    const given = this.#given();
    if (given.key === null) return given;
    const on = Math.max(0, clock.now - given.to);
    return { key: given.key, from: given.from + on, to: given.to + on };
  });

  readonly zoom = (from: number, to: number): void => {
    this.#zooms += 1;
    this.cursor.at = null;
    void goto(zoomQuery(from, Math.min(to, Date.now())), { noScroll: true, keepFocus: true });
  };

  /** Back to where it was looked closer from; undefined on a page that was opened so. */
  get back(): (() => void) | undefined {
    if (this.#zooms === 0) return undefined;
    return () => {
      this.#zooms -= 1;
      history.back();
    };
  }

  /** Reads the history again now and then, for as long as the page is open and ends now. Gives what ends it. */
  keepFresh(): () => void {
    const timer = setInterval(() => {
      if (this.#given().key !== null && document.visibilityState === 'visible')
        void invalidate('slipway:metrics');
    }, FRESH_MS);
    return () => clearInterval(timer);
  }
}
