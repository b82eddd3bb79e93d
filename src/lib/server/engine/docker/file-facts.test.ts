import { describe, expect, it } from 'vitest';
import { toFileFacts } from './file-facts.ts';

const header = (stat: object) => Buffer.from(JSON.stringify(stat)).toString('base64');
const TIME = '2026-11-21T09:00:00Z';

describe('what the engine says of a path', () => {
  // modes as Go writes them: what it is, and its permissions
  it.each([
    ['file', 0o640, 0o640],
    ['directory', 0x8000_0000 + 0o755, 0o755],
    ['directory', 0x8010_0000 + 0o777, 0o777],
    ['link', 0x0800_0000 + 0o777, 0o777],
    ['other', 0x0400_0000 + 0o660, 0o660],
    ['other', 0x0420_0000 + 0o666, 0o666],
    ['other', 0x0200_0000 + 0o600, 0o600],
    ['other', 0x0100_0000 + 0o755, 0o755],
    ['file', 0x0080_0000 + 0o755, 0o755],
  ])('is a %s with the mode %i', (kind, mode, permissions) => {
    const facts = toFileFacts('/x', header({ name: 'x', size: 7, mode, mtime: TIME, linkTarget: '' }));
    expect(facts).toEqual({
      path: '/x',
      kind,
      size: 7,
      mode: permissions,
      modifiedAt: Date.parse(TIME),
      linkTarget: null,
    });
  });

  it('tells where a link leads', () => {
    const stat = { name: 'sh', size: 7, mode: 0x0800_01ff, mtime: TIME, linkTarget: '/bin/busybox' };
    expect(toFileFacts('/bin/sh', header(stat))).toMatchObject({ kind: 'link', linkTarget: '/bin/busybox' });
  });

  it.each([undefined, '', 'no base64 of JSON', header({ name: 'x' })])(
    'is refused when it is rubbish (%j)',
    (rubbish) => {
      expect(() => toFileFacts('/x', rubbish)).toThrow(
        expect.objectContaining({ code: 'ENGINE_ERROR', message: 'The engine did not say what /x is' }),
      );
    },
  );
});
