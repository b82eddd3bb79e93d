/**
 * A registry for tests on a machine without any: version 2 of its protocol, as far as a pull needs it, is a tree of files. busybox httpd
 * serves it from a container on the loopback address of the engine, which the engine reaches over plain http.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { CreateBody } from '#lib/domain/docker-run/create-body.ts';
import { tar, type TarEntry } from './tar.ts';

/** Inside the container; the engine chooses the port of the host. */
const PORT = 5000;
const REPOSITORY = 'slipway-test/pullable';
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
/** A manifest is asked for by tag and by digest. Each is a folder: the ending of the file in it tells httpd which type to answer. */
const INDEX = 'index.manifest';
const UNKNOWN = JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] });

/** What can be pulled from a registry that answers at this port of the engine's loopback address. */
export function pullableAt(port: number): string {
  return `127.0.0.1:${port}/${REPOSITORY}:1`;
}

/** What cannot, because half of its layer is missing. */
export function brokenAt(port: number): string {
  return `127.0.0.1:${port}/${REPOSITORY}:broken`;
}

/** The files of a container that serves an image made of `layer`, and one that is like it and broken. */
export function registryFiles(busybox: readonly TarEntry[], layer: readonly TarEntry[]): TarEntry[] {
  return [
    ...busybox,
    file('etc/httpd.conf', `I:${INDEX}\n.manifest:${MANIFEST}\nE404:/www/unknown.json\n`),
    file('www/unknown.json', UNKNOWN),
    file(`www/v2/${INDEX}`, '{}'),
    ...imageFiles('1', tar(layer), (blob) => blob),
    ...imageFiles('broken', tar([...layer, { path: 'more', content: Buffer.from('cut off') }]), (blob) =>
      blob.subarray(0, blob.length / 2),
    ),
  ];
}

/** One tag; `sent` is what of its layer really comes. */
function imageFiles(tag: string, tarball: Buffer, sent: (blob: Buffer) => Buffer): TarEntry[] {
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
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: describe('container.image.v1+json', config),
      layers: [describe('image.rootfs.diff.tar.gzip', blob)],
    }),
  );
  const base = `www/v2/${REPOSITORY}`;
  return [
    file(`${base}/manifests/${tag}/${INDEX}`, manifest),
    file(`${base}/manifests/${digest(manifest)}/${INDEX}`, manifest),
    file(`${base}/blobs/${digest(config)}`, config),
    file(`${base}/blobs/${digest(blob)}`, sent(blob)),
  ];
}

function file(path: string, content: Buffer | string): TarEntry {
  return { path, content: Buffer.from(content), mode: 0o644 };
}

export function registryPlan(image: string): CreateBody {
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
      PortBindings: { [`${PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      LogConfig: { Type: 'json-file', Config: {} },
      ExtraHosts: [],
    },
  };
}

function digest(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
