import { build, type Plugin } from 'vite';

const ENDING = '?thread';

/**
 * `import source from './x.ts?thread'` gives the whole of a worker thread's program as text, for `new Worker(source, { eval: true })`. So it is
 * the same in development, in tests and in the build, and no file has to be found beside a bundle that was bundled again.
 */
export function threads(): Plugin {
  return {
    name: 'slipway-threads',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(ENDING)) return null;
      const entry = id.slice(0, -ENDING.length);
      const result = await build({
        configFile: false,
        logLevel: 'error',
        ssr: { noExternal: true },
        build: {
          ssr: entry,
          write: false,
          minify: true,
          rolldownOptions: { output: { format: 'cjs', codeSplitting: false } },
        },
      });
      const [built] = [result].flat();
      if (built === undefined || !('output' in built)) throw new Error(`${entry} gave no program`);
      const [chunk] = built.output;
      for (const file of chunk.moduleIds) this.addWatchFile(file);
      return `export default ${JSON.stringify(chunk.code)};`;
    },
  };
}
