import manifest from '../../package.json' with { type: 'json' };

/** Slipway's own version. */
export const { version } = manifest;
