/** Images as a tar that other fakes can load: a format of its own. */
import { tar } from '../testing/tar.ts';
import { Files, type FileNode } from './files.ts';
import { tagOf, type Image, type ImageContent } from './image.ts';
import type { Images } from './images.ts';
import { EngineRefusal } from './refusal.ts';
import { readTar } from './tar-reader.ts';

const NAME = 'fake-images.json';
/** Where the names stand, as in the tars of the real one. */
const MANIFEST = 'manifest.json';

interface Packed {
  readonly content: Omit<ImageContent, 'files' | 'commands'>;
  readonly files: readonly (readonly [string, Omit<FileNode, 'content'> & { readonly content: string }])[];
  readonly tags: readonly string[];
}

/** Programs are functions: they stay in this process, by the id of their image. */
const programs = new Map<string, ImageContent['commands']>();

/** By tag it is saved with that tag, by id without any. */
export function packImages(images: Images, references: readonly string[]): Buffer {
  const packed = new Map<string, Packed>();
  for (const reference of references) {
    const image = images.find(reference);
    if (image === undefined) throw new EngineRefusal(404, 'reference does not exist');
    const tags = image.tags.has(tagOf(reference)) ? [tagOf(reference)] : [];
    const known = packed.get(image.id);
    packed.set(
      image.id,
      known === undefined ? pack(image, tags) : { ...known, tags: [...known.tags, ...tags] },
    );
  }
  const list = [...packed.values()];
  const manifest = list.map(({ content, tags }) => ({
    Config: `${content.id.slice(7)}.json`,
    RepoTags: tags.length === 0 ? null : tags,
    Layers: [],
  }));
  const file = (path: string, value: unknown) => ({
    path,
    content: Buffer.from(JSON.stringify(value)),
    mode: 0o644,
  });
  return tar([file(NAME, list), file(MANIFEST, manifest)]);
}

function pack(
  { files, commands, tags: _tags, digests: _digests, ...content }: Image,
  tags: string[],
): Packed {
  programs.set(content.id, commands);
  const entries = files
    .entries()
    .map(([path, node]) => [path, { ...node, content: node.content.toString('base64') }] as const);
  return { content, files: entries, tags };
}

/** Gives the names of what it took in, and the ids of those without one. */
export function unpackImages(images: Images, packed: Buffer): readonly string[] {
  const entries = readTar(packed, 200);
  const entry = entries.find(({ path }) => path === NAME);
  const manifest = entries.find(({ path }) => path === MANIFEST);
  if (entry === undefined || manifest === undefined)
    throw new EngineRefusal(
      200,
      'open /var/lib/docker/tmp/docker-import-1/repositories: no such file or directory',
    );
  const list = JSON.parse(entry.content.toString()) as readonly Packed[];
  const named = JSON.parse(manifest.content.toString()) as readonly {
    readonly RepoTags: readonly string[] | null;
  }[];
  return list.flatMap(({ content, files }, n) => {
    const tags = named[n]?.RepoTags ?? [];
    const nodes = files.map(
      ([path, node]) => [path, { ...node, content: Buffer.from(node.content, 'base64') }] as const,
    );
    const image = images.take({
      ...content,
      files: new Files(new Map(nodes)),
      commands: programs.get(content.id) ?? {},
    });
    for (const tag of tags) images.tag(image, tag);
    return tags.length === 0 ? [image.id] : tags;
  });
}
