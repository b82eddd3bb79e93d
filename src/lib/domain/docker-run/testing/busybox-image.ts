/** An image without a registry: the machine's static busybox as a tar that the engine imports. */
import { readFile } from 'node:fs/promises';

/** A tar with /bin/busybox and /bin/sh, or with /bin/sh alone empty where there is no static busybox: create needs no program. */
export async function readImageTar(): Promise<Buffer> {
  const busybox = await readFile('/bin/busybox').catch(() => Buffer.alloc(0));
  const link = entry('bin/sh', 0, '2', 'busybox');
  return Buffer.concat([
    entry('bin/busybox', busybox.length, '0'),
    padded(busybox),
    link,
    Buffer.alloc(1024),
  ]);
}

/** A header of the ustar format. */
function entry(name: string, size: number, type: string, target = ''): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000755\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(target, 157);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
