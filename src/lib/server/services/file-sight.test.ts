import { describe, expect, it } from 'vitest';
import { imageType, sightOf } from './file-sight.ts';

describe('how a file is shown', () => {
  it('as text when it is UTF-8 without NUL, with how its lines end', () => {
    expect(sightOf(Buffer.from('a\r\nb\r\n'), false)).toEqual({
      kind: 'text',
      text: 'a\r\nb\r\n',
      cut: false,
      lineEnds: 'crlf',
    });
    expect(sightOf(Buffer.alloc(0), false)).toMatchObject({ kind: 'text', text: '' });
  });

  it('as text also when the cut goes through a letter', () => {
    const whole = Buffer.from('grün 🚢');
    for (const less of [1, 2, 3])
      expect(sightOf(whole.subarray(0, whole.length - less), true)).toMatchObject({
        kind: 'text',
        text: 'grün ',
      });
  });

  it('by its first bytes when it is neither text nor picture', () => {
    expect(sightOf(Buffer.from([0, 1, 65, 255]), false)).toEqual({
      kind: 'binary',
      cut: false,
      rows: [{ at: '00000000', hex: '00 01 41 ff', text: '..A.' }],
    });
    expect(sightOf(Buffer.alloc(5000), false)).toMatchObject({ kind: 'binary', cut: true });
  });

  it('as a picture by what it is, whatever it is called', () => {
    expect(imageType(Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1'))).toBe('image/png');
    expect(imageType(Buffer.from('<?xml version="1.0"?>\n<svg xmlns="x">'))).toBe('image/svg+xml');
    expect(imageType(Buffer.from('<html><script>alert(1)</script>'))).toBeNull();
    expect(sightOf(Buffer.from('<svg></svg>'), false)).toEqual({ kind: 'image' });
    expect(sightOf(Buffer.from('BMW is no picture'), false)).toMatchObject({ kind: 'text' });
  });
});
