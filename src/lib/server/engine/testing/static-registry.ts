/**
 * A registry for tests on a machine without any: version 2 of its protocol, as far as a pull needs it, is a tree of files. busybox httpd
 * serves it from a container on the loopback address of the engine, which the engine reaches over plain http.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ContainerPlan } from '#lib/domain/container-plan.ts';
import { tar, type TarEntry } from './tar.ts';

const PORT = 5000;
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
/** The tag is also a file name, and its ending tells httpd which type to answer. */
const TAG = '1.manifest';

export const REGISTRY = `127.0.0.1:${PORT}`;
/** What can be pulled from it. */
export const PULLABLE = `${REGISTRY}/slipway-test/pullable:${TAG}`;

/** The files of a container that serves an image made of `layer`. */
export function registryFiles(busybox: readonly TarEntry[], layer: readonly TarEntry[]): TarEntry[] {
  const tarball = tar(layer);
  const blob = gzipSync(tarball);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: [digest(tarball)] },
    }),
  );
  const describe = (kind: string, content: Buffer) => ({
    mediaType: `application/vnd.docker.${kind}`,
    size: content.length,
    digest: digest(content),
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: describe('container.image.v1+json', config),
    layers: [describe('image.rootfs.diff.tar.gzip', blob)],
  };
  const base = 'www/v2/slipway-test/pullable';
  const file = (path: string, content: Buffer): TarEntry => ({ path, content, mode: 0o644 });
  return [
    ...busybox,
    file('etc/httpd.conf', Buffer.from(`.manifest:${MANIFEST}\n`)),
    file('www/v2/index.html', Buffer.from('{}')),
    file(`${base}/manifests/${TAG}`, Buffer.from(JSON.stringify(manifest))),
    file(`${base}/blobs/${digest(config)}`, config),
    file(`${base}/blobs/${digest(blob)}`, blob),
  ];
}

export function registryPlan(image: string): ContainerPlan {
  return {
    Image: image,
    Cmd: ['httpd', '-f', '-p', String(PORT), '-h', '/www', '-c', '/etc/httpd.conf'],
    Tty: false,
    OpenStdin: false,
    Env: [],
    Labels: {},
    ExposedPorts: { [`${PORT}/tcp`]: {} },
    HostConfig: {
      NetworkMode: 'bridge',
      PortBindings: { [`${PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(PORT) }] },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      LogConfig: { Type: 'json-file', Config: {} },
      ExtraHosts: [],
    },
  };
}

function digest(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
