import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { indexFolder } from './file-index.ts';

function engineWith(fill: (tar: ReturnType<typeof pack>) => void) {
  const tar = pack();
  fill(tar);
  tar.finalize();
  return { readArchive: () => tar as AsyncIterable<Buffer> };
}

describe('the index of what an engine packs', () => {
  it('knows a folder and those below it', async () => {
    const engine = engineWith((tar) => {
      tar.entry({ name: 'work/', type: 'directory' });
      tar.entry({ name: 'work/a b', uid: 3, gid: 4, mode: 0o640 }, 'hello');
      tar.entry({ name: 'work/in/', type: 'directory' });
      tar.entry({ name: 'work/in/again', type: 'link', linkname: 'work/a b' });
      tar.entry({ name: 'work/in/link', type: 'symlink', linkname: '../a b' });
    });
    const index = await indexFolder(engine, 'id', '/home/work');
    expect(index.entriesOf('/home/work').map(({ name, kind }) => [name, kind])).toEqual([
      ['a b', 'file'],
      ['in', 'folder'],
    ]);
    expect(index.covers('/home/work/in')).toBe(true);
    expect(index.covers('/home')).toBe(false);
    expect(index.entriesOf('/home/work/in')).toMatchObject([
      { name: 'again', kind: 'file', size: 5 },
      { name: 'link', kind: 'link', target: '../a b' },
    ]);
  });

  it('of the root has no name in front', async () => {
    const engine = engineWith((tar) => {
      tar.entry({ name: '/', type: 'directory' });
      tar.entry({ name: 'etc/', type: 'directory' });
      tar.entry({ name: 'etc/passwd' }, 'x');
    });
    const index = await indexFolder(engine, 'id', '/');
    expect(index.entriesOf('/').map(({ name }) => name)).toEqual(['etc']);
    expect(index.find('/etc/passwd')).toMatchObject({ size: 1 });
  });
});
