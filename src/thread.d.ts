/** The program of a worker thread as text (scripts/vite-thread.ts). */
declare module '*?thread' {
  const source: string;
  export default source;
}
