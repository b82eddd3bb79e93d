/** The thread of engine-tap.ts: passes bytes on in both directions and counts the requests among them. */
import net from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

// Slipway's client sends no request before it has the answer to the one before, so that each begins with a chunk
const REQUEST_LINE = /^([A-Z]+) (\/[^ ]*) HTTP\/1\.1\r\n/;

const { socket, engine } = workerData as { readonly socket: string; readonly engine: string };
const counts = new Map<string, number>();

const server = net.createServer((client) => {
  const upstream = net.connect(engine);
  client.on('data', (chunk) => {
    const line = REQUEST_LINE.exec(chunk.toString('latin1', 0, 4_096));
    if (line === null) return;
    const kind = `${line[1] ?? ''} ${withoutNames(line[2] ?? '')}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  });
  client.pipe(upstream).pipe(client);
  // one side ends with the other, however it ended
  client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
  upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
});
server.listen(socket, () => parentPort?.postMessage('up'));
parentPort?.on('message', () => parentPort?.postMessage(Object.fromEntries(counts)));

/** `/v1.41/containers/4f5e/json?size=1` is `/containers/{id}/json`. */
function withoutNames(path: string): string {
  return path
    .replace(/\?.*$/, '')
    .replace(/^\/v[\d.]+(?=\/)/, '')
    .replace(/^\/(containers|networks)\/(?!(?:json|create)$)[^/]+/, '/$1/{id}')
    .replace(/^\/images\/(?!(?:json|create)$).+(?=\/json$)/, '/images/{reference}');
}
