/**
 * A cable to a server: `node relay-program.mjs <port> <bytes per second> <spoil after>`. What comes back from the server is as slow as asked
 * for, and on each connection the byte at `spoil after` is another one; 0 for neither. Says its port on the first line.
 */
import net from 'node:net';
import { Transform } from 'node:stream';

const [port, bytesPerSecond, spoilAfter] = process.argv.slice(2).map(Number);

function cable() {
  let seen = 0;
  return new Transform({
    transform(chunk, _encoding, done) {
      if (spoilAfter > seen && spoilAfter < seen + chunk.length) chunk[spoilAfter - seen] ^= 0xff;
      seen += chunk.length;
      if (bytesPerSecond > 0) setTimeout(done, (chunk.length / bytesPerSecond) * 1000, null, chunk);
      else done(null, chunk);
    },
  });
}

const server = net.createServer((near) => {
  const far = net.connect(port, '127.0.0.1');
  near.pipe(far);
  far.pipe(cable()).pipe(near);
  // either side may go at any time: then the other goes too
  near.on('error', () => far.destroy()).on('close', () => far.destroy());
  far.on('error', () => near.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
