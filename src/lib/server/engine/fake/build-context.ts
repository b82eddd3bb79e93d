import { gunzipSync } from 'node:zlib';
import type { BuildOptions } from '../engine.ts';
import { collected } from './collected.ts';
import { directory, Files, joined } from './files.ts';
import { EngineRefusal } from './refusal.ts';
import { nodeOf, readTar } from './tar-reader.ts';

const GZIP = Buffer.from([0x1f, 0x8b]);

/** The files that a build may copy. The fake has no way to any git server. */
export async function contextOf({ source, signal }: BuildOptions): Promise<Files> {
  if (source.kind === 'git') {
    const words = `fatal: unable to access '${source.url}/': Could not resolve host`;
    throw new EngineRefusal(500, `error fetching: ${words}\n: exit status 128`);
  }
  const sent = await collected(source.bytes, 'build', signal);
  const tar = sent.subarray(0, 2).equals(GZIP) ? gunzipSync(sent) : sent;
  const files = new Files(new Map([['/', directory(0)]]));
  for (const item of readTar(tar)) files.put(joined('/', item.path), nodeOf(item));
  return files;
}
