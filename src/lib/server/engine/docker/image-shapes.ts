/** From the engine's JSON about images to the port's shapes. Pure. */
import type { ImageInfo } from 'dockerode';
import type { ImageConfig, ImageFacts } from '../facts.ts';
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
    config: toConfig(object(info['Config'])),
  };
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
    config: null,
  };
}
