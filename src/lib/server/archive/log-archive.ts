/**
 * Everything that agents have printed, in files (segment-format.ts). A container has a file that is appended to; full ones are packed and get a
 * row. All that is known of the files in memory comes from the folder and the rows at the start, so a crash loses nothing but what was not written.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { AgentId, HostId } from '#lib/domain/ids.ts';
import type { LogKeeper } from '../streams/log-keeper.ts';
import type { LogSegmentRepository } from '../storage/log-segments.ts';
import type { ArchiveHealth } from './archive-health.ts';
import { fullFile, type ArchivePart } from './archive-part.ts';
import { ContainerFile } from './container-file.ts';
import type { LineTally } from './line-tally.ts';
import { resumeLog } from './resume-log.ts';
import { seal, type FullFile } from './sealing.ts';

export interface ArchiveOptions {
  /** `logs/` of the data directory. */
  readonly root: string;
  readonly segments: LogSegmentRepository;
  readonly health: ArchiveHealth;
  /** Where an agent is; null when there is no such agent. */
  readonly hostOf: (agentId: AgentId) => HostId | null;
  /** Hears of lines that were written. */
  readonly counted?: (agentId: AgentId, tally: LineTally) => void;
}

interface AgentFiles {
  readonly hostId: HostId;
  readonly open: Map<string, ContainerFile>;
  /** Being packed, or waiting for it, by number. */
  readonly full: Map<number, FullFile>;
}

export class LogArchive {
  readonly #options: ArchiveOptions;
  readonly #agents = new Map<AgentId, AgentFiles>();
  #sealing: Promise<void> | null = null;
  readonly #stopHearing: () => void;
  #opened: Promise<void> | null = null;
  #closed = false;

  constructor(options: ArchiveOptions) {
    this.#options = options;
    this.#stopHearing = options.health.onRecovered(() => {
      this.#sealSoon();
    });
  }

  get root(): string {
    return this.#options.root;
  }

  /** Finds what earlier processes left. Throws what the disk says. */
  open(): Promise<void> {
    this.#opened ??= this.#findAll().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  async #findAll(): Promise<void> {
    const { root, hostOf } = this.#options;
    await mkdir(root, { recursive: true, mode: 0o700 });
    for (const entry of await readdir(root, { withFileTypes: true })) {
      const agentId = entry.name as AgentId;
      const hostId = entry.isDirectory() ? hostOf(agentId) : null;
      if (hostId !== null) await this.#find(agentId, hostId);
    }
    this.#sealSoon();
  }

  /** Keeps one container's lines. Files of the agent's earlier containers are closed and packed. */
  keeper(agentId: AgentId, hostId: HostId, containerId: string): LogKeeper {
    const file = this.#fileOf(agentId, hostId, containerId);
    const { health } = this.#options;
    return {
      resume: async () => {
        if (health.paused !== null) return null;
        try {
          await this.open();
          for (const other of this.#agents.get(agentId)?.open.values() ?? [])
            if (other !== file) await other.giveAway();
          await file.repair();
          return await resumeLog(this.parts(agentId), file.containerId);
        } catch (error) {
          health.pause(error);
          return null;
        }
      },
      keep: (lines) => health.paused === null && file.append(lines),
      relief: () => file.relief(),
      onResumable: (listener) => health.onRecovered(listener),
      close: () => {
        void file.close();
      },
    };
  }

  /** No more lines come of this agent. */
  async finish(agentId: AgentId): Promise<void> {
    try {
      await this.open();
      for (const file of this.#agents.get(agentId)?.open.values() ?? []) {
        await file.repair();
        await file.giveAway();
        await file.close();
      }
    } catch (error) {
      this.#options.health.pause(error);
    }
  }

  /** Lines that were taken are in the files. */
  async flushed(agentId: AgentId): Promise<void> {
    for (const file of this.#agents.get(agentId)?.open.values() ?? []) await file.flushed();
  }

  /** All that have something here, also removed ones. */
  agentIds(): readonly AgentId[] {
    const plain = [...this.#agents].flatMap(([id, { open, full }]) =>
      full.size > 0 || [...open.values()].some((file) => file.firstSeq !== null) ? [id] : [],
    );
    return [...new Set([...this.#options.segments.agentIds(), ...plain])];
  }

  /** The files of an agent's log, oldest first. */
  parts(agentId: AgentId): readonly ArchivePart[] {
    const { root, segments } = this.#options;
    const files = this.#agents.get(agentId);
    const plain: ArchivePart[] = [];
    for (const { path, firstSeq, containerId, hostId } of files?.full.values() ?? [])
      plain.push({ kind: 'plain', agentId, hostId, containerId, firstSeq, path });
    for (const { path, firstSeq, containerId } of files?.open.values() ?? [])
      if (firstSeq !== null && files !== undefined)
        plain.push({ kind: 'plain', agentId, hostId: files.hostId, containerId, firstSeq, path });
    const sealed = segments.ofAgent(agentId).map((row): ArchivePart => {
      const path = join(root, row.file);
      return { kind: 'sealed', agentId, containerId: row.containerId, firstSeq: row.firstSeq, path, row };
    });
    return [...sealed, ...plain].sort((a, b) => a.firstSeq - b.firstSeq);
  }

  /** Bytes of the files that are not packed. */
  plainBytes(): number {
    let bytes = 0;
    for (const { open } of this.#agents.values()) for (const file of open.values()) bytes += file.bytes;
    return bytes;
  }

  /** Whether this file, relative to the folder, is one that is written to or waits to be packed. */
  isInUse(file: string): boolean {
    const [agentId = '', name = ''] = file.split('/');
    const files = this.#agents.get(agentId as AgentId);
    if (files === undefined) return false;
    const open = [...files.open.values()].some((each) => basename(each.path) === name);
    return open || [...files.full.values()].some((each) => name.startsWith(basename(each.path)));
  }

  /** What was taken is written, and what is full is packed. */
  async close(): Promise<void> {
    this.#stopHearing();
    this.#closed = true;
    const files = [...this.#agents.values()].flatMap(({ open }) => [...open.values()]);
    await Promise.all(files.map((file) => file.close()));
    await this.#sealing;
  }

  async #find(agentId: AgentId, hostId: HostId): Promise<void> {
    const folder = join(this.root, agentId);
    for (const name of await readdir(folder)) {
      const [, containerId, firstSeq] = /^([^-.]+)(?:-(\d+))?\.log$/.exec(name) ?? [];
      if (name.endsWith('.tmp')) await rm(join(folder, name), { force: true });
      if (containerId === undefined) continue;
      if (firstSeq === undefined) await this.#fileOf(agentId, hostId, containerId).repair();
      else this.#addFull({ agentId, hostId, containerId, firstSeq: Number(firstSeq), tally: null });
    }
  }

  #filesOf(agentId: AgentId, hostId: HostId): AgentFiles {
    const known = this.#agents.get(agentId);
    if (known !== undefined) return known;
    const made: AgentFiles = { hostId, open: new Map(), full: new Map() };
    this.#agents.set(agentId, made);
    return made;
  }

  #fileOf(agentId: AgentId, hostId: HostId, id: string): ContainerFile {
    const { open } = this.#filesOf(agentId, hostId);
    const containerId = id.slice(0, 12);
    const known = open.get(containerId);
    if (known !== undefined) return known;
    const file = new ContainerFile(join(this.root, agentId), containerId, {
      filled: (_path, firstSeq, tally) => {
        this.#addFull({ agentId, hostId, containerId, firstSeq, tally });
        this.#sealSoon();
      },
      counted: (tally) => {
        this.#options.counted?.(agentId, tally);
      },
      failed: (error) => {
        this.#options.health.pause(error);
      },
    });
    open.set(containerId, file);
    return file;
  }

  #addFull(file: Omit<FullFile, 'path'>): void {
    const path = fullFile(join(this.root, file.agentId), file.containerId, file.firstSeq);
    this.#filesOf(file.agentId, file.hostId).full.set(file.firstSeq, { ...file, path });
  }

  #sealSoon(): void {
    this.#sealing ??= this.#sealAll().finally(() => {
      this.#sealing = null;
    });
  }

  async #sealAll(): Promise<void> {
    const { root, segments, health } = this.#options;
    for (let file = this.#nextFull(); file !== undefined && !this.#closed; file = this.#nextFull()) {
      const { agentId, firstSeq } = file;
      try {
        await seal(file, root, segments, () => this.#agents.get(agentId)?.full.delete(firstSeq));
      } catch (error) {
        health.pause(error);
        return;
      }
    }
  }

  #nextFull(): FullFile | undefined {
    for (const { full } of this.#agents.values()) for (const file of full.values()) return file;
    return undefined;
  }
}
