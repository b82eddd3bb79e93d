/**
 * The images of agents, as `npm run images` builds them: the base and one vendor's program on it, on a real engine and with the real packages.
 * Builds reach those through a proxy (outside.mjs), because the test engine's machine has no way out.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureImage } from '../images.mjs';
import { startTestEngine, type TestEngine } from '../test-engine.ts';

const OUTSIDE = process.env['SLIPWAY_TEST_OUTSIDE'] ?? '';
const DEBIAN = 'slipway-test/debian:bookworm';
/** The program whose packages are the smallest. */
const PROGRAM = 'gemini';
const HARDENED = [
  ...['--rm', '--read-only', '--tmpfs', '/tmp', '--tmpfs', '/run', '--network', 'none'],
  ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
];
const EXTRA_CA = '/usr/local/share/ca-certificates';

describe.skipIf(OUTSIDE === '')('the images of agents', () => {
  let engine: TestEngine;
  let relay: net.Server;
  let args: Record<string, string>;
  beforeAll(async () => {
    engine = await startTestEngine();
    await engine.cli('import', '--change', 'CMD ["bash"]', process.env['SLIPWAY_TEST_DEBIAN'] ?? '', DEBIAN);
    relay = await relayTo(OUTSIDE);
    const shown = await engine.inside('ip', '-4', '-o', 'addr', 'show', 'docker0');
    const gateway = /inet ([\d.]+)/.exec(shown)?.[1] ?? '';
    const address = `http://${gateway}:${(relay.address() as AddressInfo).port}`;
    args = { http_proxy: address, https_proxy: address, ...extraCertificates() };
  });
  afterAll(async () => {
    relay.close();
    await engine.stop();
  });

  const build = (name: string, more: Readonly<Record<string, string>> = {}) => {
    const output: string[] = [];
    return ensureImage(
      { kind: 'unix', socketPath: engine.socket },
      name,
      { baseImage: DEBIAN, args: { ...args, ...more } },
      (text: string) => output.push(text),
    ).catch((error: unknown) => {
      throw new Error(output.slice(-20).join(''), { cause: error });
    });
  };
  const run = (image: string, ...command: string[]) => engine.cli('run', ...HARDENED, image, ...command);

  it('the base has its tools and its user, no keys of a host, and runs with nothing allowed', async () => {
    expect(await build('base')).toBe('built');
    expect(await run('slipway/base', 'id', '-un')).toBe('agent');
    const tools =
      'git --version && rg --version && tmux -V && node --version && npm --version && ls /etc/ssh';
    const said = await run('slipway/base', 'sh', '-c', tools);
    expect(said).toMatch(/git version 2/);
    expect(said).toContain('v24.');
    expect(said).not.toContain('ssh_host');
    expect(await run('slipway/base', 'sh', '-c', 'touch "$HOME/x" && echo can write at home')).toBe(
      'can write at home',
    );
  });

  it('a program is on it at its version, and is not built again', async () => {
    expect(await build(PROGRAM)).toBe('built');
    const version = await engine.cli(
      'inspect',
      '-f',
      '{{index .Config.Labels "org.opencontainers.image.version"}}',
      `slipway/${PROGRAM}`,
    );
    expect(await run(`slipway/${PROGRAM}`, PROGRAM, '--version')).toBe(version);
    expect(await build(PROGRAM)).toBe('there already');
  });

  it('a version that there is not fails the build, and the image stays what it was', async () => {
    const id = await engine.cli('inspect', '-f', '{{.Id}}', `slipway/${PROGRAM}`);
    await expect(build(PROGRAM, { CLI_VERSION: '0.0.0-none' })).rejects.toThrow(/0\.0\.0-none/);
    expect(await engine.cli('inspect', '-f', '{{.Id}}', `slipway/${PROGRAM}`)).toBe(id);
  });
});

/** On all addresses of this network namespace: builds reach it by the gateway of their bridge. */
async function relayTo(socket: string): Promise<net.Server> {
  const relay = net.createServer((client) => {
    const onward = net.connect(socket);
    client.pipe(onward).pipe(client);
    client.on('error', () => onward.destroy());
    onward.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(0, '0.0.0.0', resolve));
  return relay;
}

/** Of networks that re-sign https: what this machine trusts beside the usual, the images have to trust too. */
function extraCertificates(): Readonly<Record<string, string>> {
  if (!existsSync(EXTRA_CA)) return {};
  const files = readdirSync(EXTRA_CA).filter((file) => file.endsWith('.crt'));
  const text = files.map((file) => readFileSync(path.join(EXTRA_CA, file), 'utf8')).join('\n');
  return text === '' ? {} : { EXTRA_CA: text };
}
