import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { tar, type TarEntry } from './tar.ts';

const APPLETS =
  'sh sleep cat echo printf seq true false head tail tr yes id env ls mkdir rm touch kill httpd wget test grep stty vi'.split(
    ' ',
  );

/** A root filesystem with nothing but a static busybox under its usual names. */
export function busyboxFiles(): TarEntry[] {
  const path = ['/bin/busybox', '/usr/bin/busybox'].find((each) => existsSync(each));
  if (path === undefined)
    throw new Error('this test needs a static busybox (Debian: apt-get install busybox-static)');
  return [
    { path: 'bin/busybox', content: readFileSync(path) },
    ...APPLETS.map((name) => ({ path: `bin/${name}`, link: 'busybox' })),
    { path: 'etc/passwd', content: Buffer.from('root:x:0:0:root:/:/bin/sh\n'), mode: 0o644 },
  ];
}

/** Imports a root filesystem as an image `name:tag`, without any registry. `changes` are Dockerfile lines such as `CMD ["sh"]`. */
export function importImage(
  socketPath: string,
  reference: string,
  files: readonly TarEntry[],
  changes: readonly string[] = ['CMD ["sh"]'],
): Promise<void> {
  const [repo = '', tag = 'latest'] = reference.split(':');
  const query = new URLSearchParams({ fromSrc: '-', repo, tag });
  for (const change of changes) query.append('changes', change);
  return new Promise((resolve, reject) => {
    const request = http.request(
      { socketPath, method: 'POST', path: `/images/create?${query.toString()}` },
      (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => (answer += text));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200 && !answer.includes('"error"')) resolve();
          else reject(new Error(`the engine did not take the image: ${answer}`));
        });
      },
    );
    request.on('error', reject);
    request.setHeader('content-type', 'application/x-tar');
    request.end(tar(files));
  });
}
