/**
 * A comparison of two images by their files: what the server itself does once the engine has said what is in the layers. A thread that does this
 * serves nobody meanwhile.
 */
import { compareTrees } from '#lib/domain/diff/compare-trees.ts';
import { flatPage, levelPage } from '#lib/domain/diff/change-page.ts';
import { changeTree } from '#lib/domain/diff/change-tree.ts';
import { applyLayer, EMPTY_TREE, type LayerEntry } from '#lib/domain/diff/layer-tree.ts';
import type { Figure, PartReport } from './report.ts';
import { median } from './statistics.ts';

export interface DiffOptions {
  readonly files: number;
  readonly diffs: number;
}

const FOLDER_FILES = 50;
const PAGE = 200;

/** `files` changes between two images that share a base of as many files: a third each is added, changed and deleted. */
export function measureDiff({ files, diffs }: DiffOptions): Promise<PartReport> {
  const base = layer('base', files, (at) => entry(pathOf('base', at), 'old'));
  const change = layer('change', files, (at) => {
    const path = pathOf(at % 3 === 0 ? 'new' : 'base', at);
    return entry(at % 3 === 1 ? path.replace(/([^/]+)$/, '.wh.$1') : path, 'new');
  });
  const times = { whole: [] as number[], page: [] as number[], search: [] as number[] };
  const heaps: number[] = [];
  let found = 0;
  // one more to warm up
  for (let round = 0; round <= diffs; round += 1) {
    const before = process.memoryUsage().heapUsed;
    const started = performance.now();
    const below = applyLayer(EMPTY_TREE, base);
    const changes = compareTrees(below, applyLayer(below, change));
    const tree = changeTree(changes);
    const made = performance.now();
    heaps.push(Math.max(0, process.memoryUsage().heapUsed - before));
    const wish = { cursor: null, limit: PAGE };
    levelPage(tree, { kind: null, q: '' }, wish);
    const shown = performance.now();
    flatPage(changes, '/', { kind: 'changed', q: 'FILE-49' }, wish);
    if (round > 0) {
      times.whole.push(made - started);
      times.page.push(shown - made);
      times.search.push(performance.now() - shown);
    }
    found = changes.length;
  }
  const figures: readonly Figure[] = [
    { what: `${found} changes found, p50`, value: median(times.whole), unit: 'ms', under: 2_000 },
    { what: 'a page of a folder, p50', value: median(times.page), unit: 'ms' },
    { what: 'a search in all of them, p50', value: median(times.search), unit: 'ms' },
    { what: 'memory for one change, at most', value: Math.max(...heaps) / found / 1000, unit: 'kB' },
  ];
  return Promise.resolve({ figures, samples: times, details: { heaps } });
}

function layer(top: string, count: number, make: (at: number) => LayerEntry): readonly LayerEntry[] {
  const folders = Array.from({ length: Math.ceil(count / FOLDER_FILES) }, (_, at) =>
    entry(`${top}/folder-${at}`, null),
  );
  return [...folders, ...Array.from({ length: count }, (_, at) => make(at))];
}

function pathOf(top: string, at: number): string {
  return `${top}/folder-${Math.floor(at / FOLDER_FILES)}/some-file-${at}.txt`;
}

/** `content` null: a folder. */
function entry(path: string, content: string | null): LayerEntry {
  const type = content === null ? 'directory' : 'file';
  return {
    path,
    state: { type, size: content?.length ?? 0, mode: 0o644, owner: '0:0', linkTarget: null, content },
    sameAs: null,
  };
}
