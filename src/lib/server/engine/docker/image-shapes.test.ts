import { describe, expect, it } from 'vitest';
import { toDiskUsage, toHistoryFacts, toImageFacts, toStoredBytes } from './image-shapes.ts';

describe('the facts of an image', () => {
  it('leave out the names of what has none', () => {
    const raw = {
      Id: 'sha256:1',
      RepoTags: ['slipway/fox:one', '<none>:<none>'],
      RepoDigests: ['<none>@<none>'],
      Size: 8_000_000,
      Created: '2026-03-01T12:00:00Z',
      RootFS: { Type: 'layers', Layers: ['sha256:2', 'sha256:3'] },
      Os: 'linux',
      Architecture: 'arm64',
      Variant: 'v8',
      Config: { Labels: { a: 'b' } },
    };
    expect(toImageFacts(raw)).toEqual({
      id: 'sha256:1',
      tags: ['slipway/fox:one'],
      digests: [],
      size: 8_000_000,
      createdAt: Date.parse('2026-03-01T12:00:00Z'),
      labels: { a: 'b' },
      layers: ['sha256:2', 'sha256:3'],
      platform: 'linux/arm64/v8',
      config: {
        env: [],
        command: null,
        entrypoint: null,
        workdir: null,
        user: null,
        exposedPorts: [],
        volumes: [],
        hasHealthcheck: false,
      },
    });
  });

  it('say what a container gets from it', () => {
    const Config = {
      Env: ['PATH=/bin'],
      Cmd: ['run'],
      Entrypoint: ['/init'],
      WorkingDir: '/work',
      User: '1000',
      ExposedPorts: { '80/tcp': {} },
      Volumes: { '/data': {} },
      Healthcheck: { Test: ['CMD', 'true'] },
    };
    expect(toImageFacts({ Id: 'sha256:1', Config }).config).toEqual({
      env: ['PATH=/bin'],
      command: ['run'],
      entrypoint: ['/init'],
      workdir: '/work',
      user: '1000',
      exposedPorts: ['80/tcp'],
      volumes: ['/data'],
      hasHealthcheck: true,
    });
    const without = { ...Config, Healthcheck: { Test: ['NONE'] } };
    expect(toImageFacts({ Config: without }).config?.hasHealthcheck).toBe(false);
  });

  it('may be null where an image has none', () => {
    expect(toImageFacts({ Id: 'sha256:1', RepoTags: null, RepoDigests: null, Config: null })).toMatchObject({
      tags: [],
      digests: [],
      size: 0,
      labels: {},
      layers: [],
      platform: null,
    });
  });
});

describe('a step of a history', () => {
  const step = { Created: 1795276532, CreatedBy: 'CMD ["sh"]', Size: 12, Comment: 'words' };

  it('has its id and its names where the image is here', () => {
    expect(toHistoryFacts({ ...step, Id: 'sha256:1', Tags: ['a:1', '<none>:<none>'] })).toEqual({
      id: 'sha256:1',
      createdAt: 1795276532000,
      createdBy: 'CMD ["sh"]',
      size: 12,
      comment: 'words',
      tags: ['a:1'],
    });
  });

  it('has none of them where it came with another image', () => {
    expect(toHistoryFacts({ ...step, Id: '<missing>', Tags: null })).toMatchObject({ id: null, tags: [] });
  });
});

describe('the use of the disk', () => {
  it('says of each image what it shares and how many use it', () => {
    const raw = { LayersSize: 100, Images: [{ Id: 'sha256:1', SharedSize: 40, Containers: 2, Size: 60 }] };
    expect(toDiskUsage(raw)).toEqual({
      layersSize: 100,
      images: [{ id: 'sha256:1', sharedSize: 40, containers: 2 }],
    });
  });

  it('takes what was not measured for nothing', () => {
    const raw = { LayersSize: -1, Images: [{ Id: 'sha256:1', SharedSize: -1, Containers: -1 }] };
    expect(toDiskUsage(raw)).toMatchObject({ layersSize: 0, images: [{ sharedSize: 0, containers: 0 }] });
    expect(toDiskUsage({ Images: null })).toEqual({ layersSize: 0, images: [] });
  });
});

it('the bytes on the disk are those of layers, containers, volumes and the build cache together', () => {
  const raw = {
    LayersSize: 100,
    Containers: [{ SizeRw: 20 }, { SizeRootFs: 7 }],
    Volumes: [{ UsageData: { Size: 3, RefCount: 1 } }, { UsageData: { Size: -1 } }, { UsageData: null }],
    BuildCache: [
      { Size: 4, Shared: false },
      { Size: 50, Shared: true },
    ],
  };
  expect(toStoredBytes(raw)).toBe(127);
  expect(toStoredBytes({ LayersSize: -1, Containers: null })).toBe(0);
});
