/**
 * Puts the images that tests use onto the engine that DOCKER_SOCKET names: `node scripts/test-images.mjs`.
 * slipway/starter:latest is the real one; slipway-test/busybox:latest is the same file system as plain images are: root, no entrypoint.
 */
import { callEngine, endpointOf } from './engine-api.mjs';
import { ensureStarterImage, starterRootfs } from './starter-image.mjs';
import { staticPrograms } from './static-programs.mjs';

async function main() {
  const endpoint = endpointOf(process.env);
  await ensureStarterImage(endpoint, process.env);
  const { busybox, tini } = staticPrograms(process.env);
  const query = new URLSearchParams({
    fromSrc: '-',
    repo: 'slipway-test/busybox',
    tag: 'latest',
    changes: 'CMD ["sh"]',
  });
  const { status, body } = await callEngine(endpoint, {
    method: 'POST',
    path: `/images/create?${query}`,
    body: starterRootfs(busybox, tini),
    type: 'application/x-tar',
    timeoutMs: 60000,
  });
  if (status !== 200 || body.includes('"error"'))
    throw new Error(`the engine did not take the test image: ${body}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
