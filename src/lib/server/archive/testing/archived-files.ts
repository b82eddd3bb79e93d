/** An archive as it lies on the disk, for tests of what reads it. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { LOG_LEVELS, levelOf } from '#lib/domain/log-level.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { SearchedPart } from '../search-pieces.ts';
import { toRecord } from '../segment-format.ts';

const START = Date.UTC(2026, 2, 1, 12);

/** A line this many milliseconds after noon. */
export function lineAt(ms: number, text: string, more: Partial<LogLine> = {}): LogLine {
  const time = `${new Date(START + ms).toISOString().slice(0, -1)}000000Z`;
  return { seq: ms + 1, time, stream: 'stdout', text, ...more };
}

export class ArchivedFiles {
  readonly #folder = mkdtempSync(join(tmpdir(), 'slipway-search-'));
  readonly #parts = new Map<string, SearchedPart[]>();

  constructor() {
    onTestFinished(() => {
      rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  agentIds(): readonly string[] {
    return [...this.#parts.keys()];
  }

  readonly parts = (agentId: string): readonly SearchedPart[] => this.#parts.get(agentId) ?? [];

  sealed(agentId: string, lines: readonly LogLine[]): string {
    const text = lines.map(toRecord).join('');
    const path = this.#path(agentId, `c-${lines[0]?.seq ?? 0}.log.zst`);
    writeFileSync(path, zstdCompressSync(Buffer.from(text)));
    const times = lines.map((line) => Date.parse(line.time));
    const levels: Record<string, number> = {};
    for (const level of LOG_LEVELS)
      levels[level] = lines.filter((line) => levelOf(line.text) === level).length;
    this.#add(agentId, {
      kind: 'sealed',
      path,
      row: {
        agentId,
        firstSeq: lines[0]?.seq ?? 0,
        firstAt: Math.min(...times),
        lastAt: Math.max(...times),
        bytes: Buffer.byteLength(text),
        levels,
      },
    });
    return path;
  }

  /** `torn`: what stands after the last whole record. */
  open(agentId: string, lines: readonly LogLine[], torn = ''): string {
    const path = this.#path(agentId, 'c.log');
    writeFileSync(path, lines.map(toRecord).join('') + torn);
    this.#add(agentId, { kind: 'plain', path, agentId });
    return path;
  }

  /** As when it was full: the open file goes on empty, and another one has its lines. */
  putAway(agentId: string): void {
    const path = this.#path(agentId, 'c.log');
    const away = this.#path(agentId, 'c-away.log');
    renameSync(path, away);
    writeFileSync(path, '');
    this.#add(agentId, { kind: 'plain', path: away, agentId });
  }

  #path(agentId: string, name: string): string {
    mkdirSync(join(this.#folder, agentId), { recursive: true });
    return join(this.#folder, agentId, name);
  }

  #add(agentId: string, part: SearchedPart): void {
    this.#parts.set(agentId, [...this.parts(agentId), part]);
  }
}
