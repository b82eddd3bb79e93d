import { joined, type FileNode, type Files } from './files.ts';
import { EngineRefusal } from './refusal.ts';

/** What a COPY puts where; `words` are all of it, with its flags. */
export function copy(
  words: readonly string[],
  context: Files,
  stages: ReadonlyMap<string, Files>,
  workdir: string,
): { readonly target: string; readonly nodes: readonly (readonly [string, FileNode])[] } {
  const stage = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const from = stage === undefined ? context : stages.get(stage);
  if (from === undefined) throw new EngineRefusal(400, `invalid from flag value ${stage ?? ''}`);
  const paths = words.filter((word) => !word.startsWith('--'));
  const last = paths.at(-1) ?? '';
  const target = joined(workdir, last);
  const intoFolder = paths.length > 2 || last.endsWith('/');
  const nodes = paths.slice(0, -1).flatMap((source) => {
    const found = from.under(joined('/', source));
    const [top] = found;
    if (top === undefined) {
      const reason = `stat ${source}: file does not exist`;
      throw new EngineRefusal(200, `COPY failed: file not found in build context: ${reason}`);
    }
    const [path, node] = top;
    // of a folder its content is copied, not itself
    const name = node.kind === 'directory' || !intoFolder ? '' : `/${path.split('/').at(-1) ?? ''}`;
    const cut = path === '/' ? 0 : path.length;
    return found.map(([each, entry]) => [joined('/', `${target}${name}/${each.slice(cut)}`), entry] as const);
  });
  return { target, nodes };
}
