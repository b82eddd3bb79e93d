/** How a snapshot is said: who took it, what was found in it. Pure. */
import type { SnapshotScan, SnapshotView } from '#lib/protocol/views.ts';
import { sn } from '#lib/text/en-snapshots.ts';
import type { Shape, Tone } from '../ui/state-shapes.ts';

export function takenWords({ origin, createdBy }: Pick<SnapshotView, 'origin' | 'createdBy'>): string {
  const words = sn.taken[origin];
  return typeof words === 'string' ? words : words(createdBy);
}

export interface ScanSaid {
  readonly shape: Shape;
  readonly tone: Tone;
  readonly word: string;
  readonly help: string;
}

export function scanWords(scan: SnapshotScan): ScanSaid {
  switch (scan.state) {
    case 'pending':
      return { shape: 'work', tone: 'work', word: sn.scan.pending, help: '' };
    case 'clean':
      return { shape: 'exited', tone: 'rest', word: sn.scan.clean, help: '' };
    case 'failed':
      return { shape: 'need', tone: 'need', word: sn.scan.failed, help: scan.message };
    case 'found': {
      const names = [...new Set(scan.files.map(({ secret }) => secret))].join(', ');
      const places = scan.files.slice(0, 5).map(({ secret, path }) => sn.scan.foundIn(secret, path));
      const help = [...places, sn.scan.foundHelp].join('. ');
      return { shape: 'broken', tone: 'broken', word: sn.scan.found(names, scan.files[0]?.path ?? ''), help };
    }
    default:
      return { shape: 'rest', tone: 'rest', word: sn.scan.none, help: sn.scan.noneHelp };
  }
}

export function fullName({ agentName, name }: Pick<SnapshotView, 'agentName' | 'name'>): string {
  return `${agentName}:${name}`;
}

export function volumePaths({ volumes }: Pick<SnapshotView, 'volumes'>): string {
  return volumes.map(({ target }) => target).join(', ');
}
