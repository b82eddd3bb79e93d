/** How a file is shown: as text, as a picture, or as the bytes that it begins with. */
import { isUtf8 } from 'node:buffer';
import type { FileSight, HexRow } from '#lib/protocol/files.ts';
import { lineFacts } from './text-diff.ts';

const HEX_BYTES = 1024;
const HEX_ROW = 16;
/** The most bytes of one letter. */
const LETTER_BYTES = 4;

/** Pictures that a browser shows, by how they begin. */
const IMAGES: readonly { readonly type: string; readonly at: number; readonly marks: readonly string[] }[] = [
  { type: 'image/png', at: 0, marks: ['\x89PNG\r\n\x1a\n'] },
  { type: 'image/jpeg', at: 0, marks: ['\xff\xd8\xff'] },
  { type: 'image/gif', at: 0, marks: ['GIF87a', 'GIF89a'] },
  { type: 'image/webp', at: 8, marks: ['WEBP'] },
  { type: 'image/avif', at: 4, marks: ['ftypavif', 'ftypavis'] },
  { type: 'image/bmp', at: 0, marks: ['BM'] },
  { type: 'image/x-icon', at: 0, marks: ['\0\0\x01\0'] },
];
const SVG = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/;

/** null: no picture. Never by its name: what is sent as a picture is one. */
export function imageType(head: Buffer): string | null {
  const text = head.toString('latin1', 0, 512);
  const found = IMAGES.find(({ at, marks }) => marks.some((mark) => text.startsWith(mark, at)));
  return found?.type ?? (SVG.test(text) ? 'image/svg+xml' : null);
}

/** Of a file's beginning; `cut`: there is more. */
export function sightOf(head: Buffer, cut: boolean): FileSight {
  const text = textOf(head, cut);
  const type = imageType(head);
  if (type !== null && (text === null || type === 'image/svg+xml')) return { kind: 'image' };
  if (text !== null) return { kind: 'text', text, cut, lineEnds: lineFacts(head).lineEnds };
  return { kind: 'binary', rows: hexRows(head.subarray(0, HEX_BYTES)), cut: cut || head.length > HEX_BYTES };
}

/** null: no text. A cut may go through a letter. */
function textOf(head: Buffer, cut: boolean): string | null {
  if (head.includes(0)) return null;
  if (isUtf8(head)) return head.toString();
  if (!cut) return null;
  const ends = Array.from({ length: LETTER_BYTES }, (_, less) => head.subarray(0, head.length - less));
  return ends.find((each) => isUtf8(each))?.toString() ?? null;
}

function hexRows(bytes: Buffer): readonly HexRow[] {
  return Array.from({ length: Math.ceil(bytes.length / HEX_ROW) }, (_, row) => {
    const part = bytes.subarray(row * HEX_ROW, (row + 1) * HEX_ROW);
    return {
      at: (row * HEX_ROW).toString(16).padStart(8, '0'),
      hex: [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      text: part.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.'),
    };
  });
}
