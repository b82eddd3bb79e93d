/**
 * The time of now, ticking once a second for whoever reads it while rendering; one timer for the whole page, none when nobody looks.
 * On the server it is simply the time: a word that is a second older than the browser's is put right when the page comes alive.
 */
import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 1000;

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, TICK_MS);
  document.addEventListener('visibilitychange', update);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', update);
  };
});

export const clock = {
  /** Milliseconds since 1970. */
  get now(): number {
    subscribe();
    return Date.now();
  },
};
