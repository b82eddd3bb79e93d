/**
 * Two images, compared by the files that they have. Both come in one stream of the engine, in which layers that they share stand once and in no
 * order; nothing of it is kept but names, figures and a digest of each content. Every content is digested: a file of a shared layer may be
 * written again in a layer of one image alone.
 */
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { compareTrees } from '#lib/domain/diff/compare-trees.ts';
import type { EntryType, FileChange } from '#lib/domain/diff/file-change.ts';
import { applyLayer, EMPTY_TREE, type FileTree, type LayerEntry } from '#lib/domain/diff/layer-tree.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Engine, ImageFacts } from '../engine/engine.ts';
import { walkImage, type ImageFile } from './image-walk.ts';

/** About 300 bytes of memory each. */
const MOST_FILES = 1_000_000;
const MANIFEST = 'manifest.json';

type Pair = readonly [string, string];

interface Saved {
  readonly layers: Map<string, LayerEntry[]>;
  /** Names of layers that stand under another name. */
  readonly links: Map<string, string>;
  /** What is in the stream and is no layer. */
  readonly others: Set<string>;
  manifest: readonly SavedImage[];
}

interface SavedImage {
  readonly config: string;
  readonly layers: readonly string[];
}

/** By ids. `onBytes` hears how much of the stream has come. Throws IMAGE_NOT_FOUND, RESOURCE_LIMIT for too many files, ENGINE_ERROR. */
export async function compareImages(
  engine: Pick<Engine, 'saveImages' | 'inspectImage'>,
  images: Pair,
  signal: AbortSignal,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<readonly FileChange[]> {
  const [one, other] = await Promise.all(images.map((id) => inspect(engine, id, signal)));
  if (one === undefined || other === undefined || hasSameLayers(one, other)) return [];
  const saved = await read(counted(engine.saveImages(images, signal), onBytes));
  signal.throwIfAborted();
  const [before, after] = images.map((id, at) => layersOf(saved, id, at));
  if (before === undefined || after === undefined) return [];
  const shared = before.findIndex((layer, at) => layer !== after[at]);
  const common = shared === -1 ? before.length : shared;
  const fold = (tree: FileTree, names: readonly string[]) =>
    names.reduce((below, name) => applyLayer(below, saved.layers.get(name) ?? []), tree);
  const below = fold(EMPTY_TREE, before.slice(0, common));
  return compareTrees(fold(below, before.slice(common)), fold(below, after.slice(common)));
}

async function inspect(engine: Pick<Engine, 'inspectImage'>, id: string, signal: AbortSignal) {
  const facts = await engine.inspectImage(id, signal);
  if (facts !== null) return facts;
  throw new AppError('IMAGE_NOT_FOUND', `The image ${id.slice(0, 19)} is not on this host any more`);
}

function hasSameLayers(one: ImageFacts, other: ImageFacts): boolean {
  return one.layers !== null && other.layers !== null && one.layers.join() === other.layers.join();
}

async function* counted(
  bytes: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let count = 0;
  for await (const piece of bytes) {
    onBytes((count += piece.length));
    yield piece;
  }
}

async function read(tar: AsyncIterable<Buffer>): Promise<Saved> {
  const saved: Saved = { layers: new Map(), links: new Map(), others: new Set(), manifest: [] };
  let files = 0;
  await walkImage(tar, async (file, content) => {
    if (file.layer === null) {
      if (file.type === 'symlink') saved.links.set(file.path, linkedTo(file));
      else saved.others.add(file.path);
      if (file.path === MANIFEST) saved.manifest = parseManifest(await text(content));
      return;
    }
    if ((files += 1) > MOST_FILES) {
      throw new AppError('RESOURCE_LIMIT', `They have more than ${MOST_FILES.toLocaleString('en')} files`, {
        hint: 'Look at single folders in a terminal of the agent.',
      });
    }
    const entries = saved.layers.get(file.layer) ?? [];
    saved.layers.set(file.layer, entries);
    entries.push(await entryOf(file, content));
  });
  return saved;
}

const TYPES: Partial<Record<ImageFile['type'], EntryType>> = {
  file: 'file',
  'contiguous-file': 'file',
  link: 'file',
  directory: 'directory',
  symlink: 'link',
};

async function entryOf(file: ImageFile, content: AsyncIterable<Buffer>): Promise<LayerEntry> {
  const type = TYPES[file.type] ?? 'other';
  const isLink = type === 'link';
  return {
    path: file.path,
    state: {
      type,
      size: type === 'file' ? file.size : 0,
      mode: file.mode & 0o7777,
      owner: file.owner,
      linkTarget: isLink ? file.linkTarget : null,
      content: type === 'file' && file.type !== 'link' ? await digest(content) : null,
    },
    sameAs: file.type === 'link' ? file.linkTarget : null,
  };
}

async function digest(content: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of content) hash.update(piece);
  return hash.digest('base64');
}

/** Of a layer that is a link: `../<id>/layer.tar`. */
function linkedTo({ path, linkTarget }: ImageFile): string {
  const { pathname } = new URL(linkTarget ?? '', `file:///${path}`);
  return pathname.slice(1);
}

const MANIFEST_SHAPE = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) }));

/** What it says of each image, in the order in which they were asked for. */
function parseManifest(json: string): readonly SavedImage[] {
  const images = MANIFEST_SHAPE.safeParse(JSON.parse(json)).data ?? [];
  return images.map(({ Config, Layers }) => ({ config: Config, layers: Layers }));
}

/** The names of its layers, the base first, each as it stands in the stream. */
function layersOf({ manifest, links, others }: Saved, id: string, at: number): readonly string[] {
  const hex = id.replace(/^sha256:/, '');
  // where an image's id is not that of its configuration they stand in the order in which they were asked for
  const image = manifest.find(({ config }) => config.includes(hex)) ?? manifest[at];
  const layers = image?.layers.map((layer) => links.get(layer) ?? layer);
  const unread = layers?.find((layer) => others.has(layer));
  if (layers !== undefined && unread === undefined) return layers;
  throw new AppError('ENGINE_ERROR', `The engine saved ${id.slice(0, 19)} in a form that cannot be read`);
}
