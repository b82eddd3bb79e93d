import type { Plugin } from 'vite';

/**
 * In development Vite owns the http server. This publishes it where the app looks for it (as server.js does in production)
 * and asks for one page at once, because Kit runs its `init` hook only on the first request.
 */
export function realtimeInDev(): Plugin {
  return {
    name: 'slipway-realtime',
    apply: 'serve',
    configureServer(vite) {
      const server = vite.httpServer;
      if (server === null) return;
      Reflect.set(globalThis, Symbol.for('slipway.http'), { server, root: vite.config.root });
      server.once('listening', () => {
        const address = server.address();
        if (address === null || typeof address === 'string') return;
        void fetch(`http://127.0.0.1:${address.port}/healthz`).catch(() => undefined);
      });
    },
  };
}
