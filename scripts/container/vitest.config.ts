import { defineConfig } from 'vitest/config';

/** The container test is apart from the unit tests: it needs a build context, a base image and the network of a test engine. */
export default defineConfig({
  test: {
    include: ['scripts/container/*.container.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // they share an engine and two cores, and one measures how fast a stop is
    fileParallelism: false,
    bail: 1,
  },
});
