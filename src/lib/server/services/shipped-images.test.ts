import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { expect, it } from 'vitest';
import { BUILT_IN_TYPES } from '#lib/domain/agent-types.ts';
import { SHIPPED_IMAGES, shippedImageOf, ShippedImages } from './shipped-images.ts';

const shipped = new ShippedImages('.');

async function entriesOf(context: Buffer): Promise<ReadonlyMap<string, number | undefined>> {
  const entries = new Map<string, number | undefined>();
  for await (const entry of Readable.from([context]).pipe(extract())) {
    entries.set(entry.header.name, entry.header.mode);
    entry.resume();
  }
  return entries;
}

it.each(SHIPPED_IMAGES)('the context of %s has its Dockerfile, and is the same each time', async (name) => {
  const context = await shipped.context(name);
  expect([...(await entriesOf(context)).keys()]).toContain('Dockerfile');
  expect((await shipped.context(name)).equals(context)).toBe(true);
});

it('programs in a context can be run', async () => {
  const entries = await entriesOf(await shipped.context('base'));
  expect(entries.get('rootfs/usr/local/bin/agent-session')).toBe(0o755);
});

it('every built-in type with a program of a vendor has a Dockerfile', () => {
  const images = BUILT_IN_TYPES.filter((type) => type.builtHere && type.name !== 'shell').map(
    (type) => type.image,
  );
  expect(images.map(shippedImageOf)).toEqual(['claude', 'codex', 'gemini', 'aider']);
  expect(shippedImageOf('slipway/starter:latest')).toBeNull();
});

it('a name that does not ship is refused, and so is an installation without the files', async () => {
  await expect(shipped.context('../..')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(new ShippedImages('/nowhere').context('base')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
