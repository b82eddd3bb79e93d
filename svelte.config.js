import adapter from '@sveltejs/adapter-node';

/** @type {import('@sveltejs/kit').Config} */
export default {
  compilerOptions: {
    runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true),
  },
  kit: {
    adapter: adapter({ precompress: true }),
    // Our own hook compares origins for cookie-borne requests and lets token-borne ones pass (see src/lib/server/http/handle.ts).
    csrf: { trustedOrigins: ['*'] },
    csp: {
      mode: 'nonce',
      directives: {
        'default-src': ['self'],
        'script-src': ['self'],
        'style-src': ['self', 'unsafe-inline'],
        'img-src': ['self', 'data:'],
        'font-src': ['self'],
        'connect-src': ['self'],
        'object-src': ['none'],
        'base-uri': ['none'],
        'form-action': ['self'],
        'frame-ancestors': ['none'],
      },
    },
    // the first paint waits for style sheets, and a dozen small ones take far longer than their bytes in the page
    inlineStyleThreshold: 262_144,
    version: { pollInterval: 0 },
    typescript: {
      config: (config) => ({
        ...config,
        include: [...config.include, '../scripts/**/*.ts', '../bench/**/*.ts'],
      }),
    },
  },
};
