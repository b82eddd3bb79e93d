import { describe, expect, it, onTestFinished } from 'vitest';
import type { ServerResponse } from 'node:http';
import { alertsOn, makeAlertWorld, type AlertWorld } from '../testing/alert-world.ts';
import { hookSink } from '../testing/hook-sink.ts';
import { AlertDeliveries } from './alert-deliveries.ts';

function start({ outbox, bus, log }: Pick<AlertWorld, 'outbox' | 'bus' | 'log'>) {
  const sending = new AlertDeliveries({ outbox, bus, log });
  sending.start();
  onTestFinished(() => sending.close());
  return sending;
}

function fire(made: AlertWorld, urls: Readonly<Record<string, string>>) {
  for (const [name, url] of Object.entries(urls))
    made.alertChannels.create(made.admin, { kind: 'webhook', name, secrets: { url } });
  const rule = made.rule({
    name: `to ${Object.keys(urls).join()}`,
    condition: { when: 'disk' },
    channels: Object.keys(urls),
  });
  made.firing.fire(rule, { subject: { kind: 'archive' }, text: 'full', at: 0, details: {} });
}

const deliveries = (made: AlertWorld) => made.alertLog.list(made.admin).flatMap((alert) => alert.deliveries);
const WITHIN = { timeout: 5_000, interval: 10 };

describe('a delivery', () => {
  it('arrives, and says so', async () => {
    const made = await makeAlertWorld();
    const sink = await hookSink();
    start(made);
    fire(made, { ops: sink.url });
    await expect
      .poll(() => deliveries(made), WITHIN)
      .toMatchObject([{ state: 'sent', tries: 1, answer: '200: thanks' }]);
    expect(sink.hooks).toHaveLength(1);
  });

  it('to a slow server holds up no other', async () => {
    const made = await makeAlertWorld();
    const open: ServerResponse[] = [];
    const slow = await hookSink((response) => open.push(response));
    const quick = await hookSink();
    start(made);
    fire(made, { slow: slow.url, quick: quick.url });
    await expect.poll(() => quick.hooks.length, WITHIN).toBe(1);
    expect(deliveries(made).find((each) => each.channel === 'slow')?.state).toBe('waiting');
    for (const response of open) response.end('late');
    await expect.poll(() => deliveries(made).map((each) => each.state), WITHIN).toEqual(['sent', 'sent']);
  });

  it('that fails waits longer each time, is shown with its reason, and is tried at once when somebody asks', async () => {
    const made = await makeAlertWorld();
    let broken = true;
    const sink = await hookSink((response) => {
      response.writeHead(broken ? 500 : 200).end(broken ? 'not now' : 'thanks');
    });
    start(made);
    fire(made, { ops: sink.url });
    await expect
      .poll(() => deliveries(made), WITHIN)
      .toMatchObject([{ state: 'waiting', tries: 1, answer: '500: not now' }]);
    const [delivery] = deliveries(made);
    expect(Date.parse(delivery?.nextTryAt ?? '') - Date.now()).toBeGreaterThan(5_000);
    expect(sink.hooks).toHaveLength(1);
    broken = false;
    made.alertLog.retry(made.admin, delivery?.id ?? '');
    await expect.poll(() => deliveries(made), WITHIN).toMatchObject([{ state: 'sent', tries: 2 }]);
    expect(sink.hooks.map((hook) => hook.headers['x-slipway-delivery'])).toEqual([
      delivery?.id,
      delivery?.id,
    ]);
    expect(() => made.alertLog.retry(made.admin, delivery?.id ?? '')).toThrow(/has arrived/);
  });

  it('is given up after the last try, and can be taken up again by hand', async () => {
    const made = await makeAlertWorld();
    const sink = await hookSink((response) => response.writeHead(500).end());
    fire(made, { ops: sink.url });
    const [row] = made.deliveries.due(Date.now());
    if (row === undefined) throw new Error('nothing is due');
    await made.outbox.deliver({ ...row, tries: 7 }, new AbortController().signal);
    expect(deliveries(made)).toMatchObject([{ state: 'failed', tries: 8, nextTryAt: null }]);
    expect(made.alertLog.retry(made.admin, row.id)).toMatchObject({ state: 'waiting', tries: 0 });
  });

  it('that waited when Slipway ended is sent after its start, and what had arrived is not', async () => {
    const made = await makeAlertWorld();
    const sink = await hookSink();
    const first = start(made);
    fire(made, { ops: sink.url });
    await expect.poll(() => deliveries(made).map((each) => each.state), WITHIN).toEqual(['sent']);
    await first.close();
    fire(made, { more: sink.url });
    expect(sink.hooks).toHaveLength(1);
    start({ ...made, ...alertsOn(made) });
    await expect.poll(() => deliveries(made).map((each) => each.state), WITHIN).toEqual(['sent', 'sent']);
    expect(sink.hooks).toHaveLength(2);
  });

  it('that is under way when Slipway ends is neither counted nor lost', async () => {
    const made = await makeAlertWorld();
    const sink = await hookSink(() => undefined);
    const sending = start(made);
    fire(made, { ops: sink.url });
    await expect.poll(() => sink.hooks.length, WITHIN).toBe(1);
    await sending.close();
    expect(deliveries(made)).toMatchObject([{ state: 'waiting', tries: 0 }]);
  });
});
