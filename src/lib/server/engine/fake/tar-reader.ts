import { directory, file, link, type FileNode } from './files.ts';
import { EngineRefusal } from './refusal.ts';

export interface TarItem {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link';
  readonly content: Buffer;
  readonly target: string;
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

const BLOCK = 512;
const KINDS: Readonly<Record<string, TarItem['kind']>> = { '0': 'file', '5': 'directory', '2': 'link' };
const TROUBLE = 'Error processing tar file(exit status 1)';

/** The files, folders and links of a tar, with the long names of GNU and pax. Refuses what the engine cannot read, in its words. */
export function readTar(tar: Buffer, status = 500): readonly TarItem[] {
  const items: TarItem[] = [];
  let longer: { readonly path?: string; readonly target?: string } = {};
  for (let at = 0; at < tar.length;) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.length < BLOCK) throw new EngineRefusal(status, `${TROUBLE}: unexpected EOF`);
    if (header.every((byte) => byte === 0)) break;
    if (header.toString('latin1', 257, 262) !== 'ustar')
      throw new EngineRefusal(status, `${TROUBLE}: archive/tar: invalid tar header`);
    const size = octal(header, 124, 12);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (at > tar.length) throw new EngineRefusal(status, `${TROUBLE}: unexpected EOF`);
    const type = header.toString('latin1', 156, 157).replace('\0', '0');
    if (type === 'L') longer = { ...longer, path: content.toString().replace(/\0.*$/s, '') };
    else if (type === 'K') longer = { ...longer, target: content.toString().replace(/\0.*$/s, '') };
    else if (type === 'x') longer = { ...longer, ...extended(content.toString()) };
    const kind = KINDS[type];
    if (kind === undefined) continue;
    items.push({
      path: longer.path ?? [text(header, 345, 155), text(header, 0, 100)].filter(Boolean).join('/'),
      kind,
      content,
      target: longer.target ?? text(header, 157, 100),
      mode: octal(header, 100, 8) & 0o7777,
      modifiedAt: octal(header, 136, 12) * 1000,
    });
    longer = {};
  }
  return items;
}

export function nodeOf({ kind, content, target, mode, modifiedAt }: TarItem): FileNode {
  // a copy: what comes is a piece of a larger buffer
  if (kind === 'file') return file(Buffer.from(content), modifiedAt, mode);
  return kind === 'link' ? link(target, modifiedAt) : directory(modifiedAt, mode);
}

function extended(records: string): { readonly path?: string; readonly target?: string } {
  const value = (key: string) => new RegExp(`^\\d+ ${key}=(.*)$`, 'm').exec(records)?.[1];
  const path = value('path');
  const target = value('linkpath');
  return { ...(path === undefined ? {} : { path }), ...(target === undefined ? {} : { target }) };
}

function text(header: Buffer, from: number, length: number): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

function octal(header: Buffer, from: number, length: number): number {
  return Number.parseInt(text(header, from, length).trim() || '0', 8);
}
