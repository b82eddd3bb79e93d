import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
it('x', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  let done = 0;
  const t = performance.now();
  void delay(60_000).then(() => {
    done = 1;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  console.log(done, performance.now() - t);
  const ac = new AbortController();
  let err: unknown;
  delay(1000, undefined, { signal: ac.signal }).catch((e) => {
    err = e;
  });
  ac.abort();
  await vi.advanceTimersByTimeAsync(0);
  console.log(String(err), String((err as Error)?.name));
});
