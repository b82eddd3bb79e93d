import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { newId, type BuildId } from '#lib/domain/ids.ts';
import { BuildLogs } from './build-log.ts';

function logs(): BuildLogs {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-logs-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return new BuildLogs(folder);
}

const ID = newId<BuildId>();
const never = new AbortController().signal;
const fail = (error: unknown) => expect.fail(String(error));

async function all(source: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

it('output is followed from its beginning until it is over', async () => {
  const kept = logs();
  const log = kept.open(ID, fail);
  log.write('one\n');
  const source = kept.read(ID, { follow: true, signal: never });
  expect(String((await source.next()).value)).toBe('one\n');
  const rest = all(source);
  log.write('two\n');
  log.write('three\n');
  await log.close();
  expect(await rest).toBe('two\nthree\n');
});

it('without following only what is there is given', async () => {
  const kept = logs();
  const log = kept.open(ID, fail);
  log.write('x'.repeat(200_000));
  await log.close();
  expect(await all(kept.read(ID, { follow: false, signal: never }))).toHaveLength(200_000);
});

it('whoever goes away while nothing comes is let go', async () => {
  const kept = logs();
  const log = kept.open(ID, fail);
  const gone = new AbortController();
  const read = all(kept.read(ID, { follow: true, signal: gone.signal }));
  gone.abort();
  expect(await read).toBe('');
  await log.close();
});

it('the end of it begins with a whole line', async () => {
  const kept = logs();
  const log = kept.open(ID, fail);
  log.write('first line\nsecond line\nthird line\n');
  await log.close();
  expect(await kept.tail(ID, 15)).toBe('third line\n');
  expect(await kept.tail(ID, 1_000)).toContain('first line');
});

it('output that is gone is empty', async () => {
  const kept = logs();
  expect(await kept.tail(ID, 100)).toBe('');
  expect(await all(kept.read(ID, { follow: true, signal: never }))).toBe('');
});
