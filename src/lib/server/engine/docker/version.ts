import { AppError } from '#lib/domain/errors.ts';
import type { EngineVersion } from '../engine.ts';
import { isObject } from './shapes.ts';

/** The range of the Engine API that the contract suite was run against. */
export const OLDEST_API = '1.41';
export const NEWEST_API = '1.51';

/** Chooses the newest version that both sides speak, from the answer of `GET /version`. Throws ENGINE_ERROR when there is none. */
export function negotiate(answer: unknown): EngineVersion {
  if (!isObject(answer)) throw new AppError('ENGINE_ERROR', 'The engine did not say its version');
  const newest = versionOf(answer['ApiVersion'], OLDEST_API);
  const oldest = versionOf(answer['MinAPIVersion'], '1.12');
  const apiVersion = compare(newest, NEWEST_API) > 0 ? NEWEST_API : newest;
  if (compare(apiVersion, OLDEST_API) < 0) {
    throw new AppError(
      'ENGINE_ERROR',
      `The engine speaks API ${newest}; Slipway needs ${OLDEST_API} (Docker Engine 20.10) or newer`,
      {
        hint: 'Upgrade the Docker Engine of this host.',
      },
    );
  }
  if (compare(apiVersion, oldest) < 0) {
    throw new AppError(
      'ENGINE_ERROR',
      `The engine speaks API ${oldest} and newer; this Slipway speaks up to ${NEWEST_API}`,
      {
        hint: 'Upgrade Slipway.',
      },
    );
  }
  const components = Array.isArray(answer['Components']) ? answer['Components'] : [];
  const podman = components.some(
    (each) => isObject(each) && typeof each['Name'] === 'string' && /podman/i.test(each['Name']),
  );
  return {
    version: typeof answer['Version'] === 'string' ? answer['Version'] : '',
    apiVersion,
    flavour: podman ? 'podman' : 'docker',
  };
}

function versionOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' && /^\d+\.\d+$/.test(value) ? value : otherwise;
}

function compare(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}
