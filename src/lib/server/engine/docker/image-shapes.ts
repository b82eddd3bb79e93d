/** From the engine's JSON about images to the port's shapes. Pure. */
import type { ImageInfo } from 'dockerode';
import type { ImageConfig, ImageFacts } from '../facts.ts';
import type { DiskUsage, HistoryFacts } from '../image-facts.ts';
import { labelsOf, number, object, text, time } from './shapes.ts';

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
/** Images without a tag or digest have `<none>` there. */
const named = (value: unknown): string[] => strings(value).filter((each) => !each.startsWith('<none>'));
const listOrNull = (value: unknown): string[] | null => (Array.isArray(value) ? strings(value) : null);

export function toImageFacts(raw: unknown): ImageFacts {
  const info = object(raw);
  return {
    id: text(info['Id']),
    tags: named(info['RepoTags']),
    digests: named(info['RepoDigests']),
    size: number(info['Size']) ?? 0,
    createdAt: time(info['Created']) ?? 0,
    labels: labelsOf(object(info['Config'])['Labels']),
    layers: strings(object(info['RootFS'])['Layers']),
    platform: platformOf(info),
    config: toConfig(object(info['Config'])),
  };
}

function platformOf(info: Readonly<Record<string, unknown>>): string | null {
  const parts = [info['Os'], info['Architecture'], info['Variant']].map(text).filter((part) => part !== '');
  return parts.length < 2 ? null : parts.join('/');
}

function toConfig(config: Readonly<Record<string, unknown>>): ImageConfig {
  const test = strings(object(config['Healthcheck'])['Test']);
  return {
    env: strings(config['Env']),
    command: listOrNull(config['Cmd']),
    entrypoint: listOrNull(config['Entrypoint']),
    workdir: text(config['WorkingDir']) || null,
    user: text(config['User']) || null,
    exposedPorts: Object.keys(object(config['ExposedPorts'])),
    volumes: Object.keys(object(config['Volumes'])),
    hasHealthcheck: test.length > 0 && test[0] !== 'NONE',
  };
}

/** Of `GET /images/json`, which has less. */
export function toListedImage(info: ImageInfo): ImageFacts {
  return {
    id: info.Id,
    tags: named(info.RepoTags),
    digests: named(info.RepoDigests),
    size: info.Size,
    createdAt: info.Created * 1000,
    labels: labelsOf(info.Labels),
    layers: null,
    platform: null,
    config: null,
  };
}

/** Of `GET /images/{name}/history`; ids are only of what is here as an image. */
export function toHistoryFacts(raw: unknown): HistoryFacts {
  const step = object(raw);
  const id = text(step['Id']);
  return {
    id: id === '' || id === '<missing>' ? null : id,
    createdAt: (number(step['Created']) ?? 0) * 1000,
    createdBy: text(step['CreatedBy']),
    size: number(step['Size']) ?? 0,
    comment: text(step['Comment']),
    tags: named(step['Tags']),
  };
}

/** -1 stands for what was not measured. */
export function toDiskUsage(raw: unknown): DiskUsage {
  const answer = object(raw);
  const images = Array.isArray(answer['Images']) ? answer['Images'].map(object) : [];
  const measured = (value: unknown) => Math.max(0, number(value) ?? 0);
  return {
    layersSize: measured(answer['LayersSize']),
    images: images.map((each) => ({
      id: text(each['Id']),
      sharedSize: measured(each['SharedSize']),
      containers: measured(each['Containers']),
    })),
  };
}

/** The whole answer of `/system/df` as one number; what was not measured counts for nothing. */
export function toStoredBytes(raw: unknown): number {
  const answer = object(raw);
  const sum = (key: string, size: (each: Readonly<Record<string, unknown>>) => unknown) =>
    (Array.isArray(answer[key]) ? answer[key].map(object) : []).reduce(
      (total, each) => total + Math.max(0, number(size(each)) ?? 0),
      0,
    );
  return (
    Math.max(0, number(answer['LayersSize']) ?? 0) +
    sum('Containers', (each) => each['SizeRw']) +
    sum('Volumes', (each) => object(each['UsageData'])['Size']) +
    sum('BuildCache', (each) => (each['Shared'] === true ? 0 : each['Size']))
  );
}
