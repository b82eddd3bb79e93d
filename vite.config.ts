import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';
import { realtimeInDev } from './scripts/vite-realtime.ts';
import { threads } from './scripts/vite-thread.ts';

export default defineConfig({
  plugins: [tailwindcss(), sveltekit(), realtimeInDev(), threads()],
  build: { target: 'es2023' },
  test: {
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
    environment: 'node',
    testTimeout: 20_000,
    // unattended machines are shared: what failed there is tried once more
    retry: process.env['CI'] === undefined ? 0 : 1,
  },
});
