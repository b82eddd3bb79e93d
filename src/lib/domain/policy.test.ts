import { describe, expect, it } from 'vitest';
import type { Need, Right } from './docker-run/needs.ts';
import { DEFAULT_POLICY, refusedBy, type Policy } from './policy.ts';
import { plainSpec } from './testing/specs.ts';

const needs = (right: Right, value: string): readonly Need[] => [{ right, value }];
const refused = (
  policy: Partial<Policy>,
  each: readonly Need[],
  profile: 'standard' | 'hardened' | 'unrestricted' = 'standard',
) =>
  refusedBy(
    { ...DEFAULT_POLICY, ...policy },
    plainSpec({ security: { ...plainSpec().security, profile } }),
    each,
  );

describe('what a policy gives', () => {
  it('is nothing of the host at first, and nothing is asked for by a plain agent', () => {
    expect(refused({}, [])).toEqual([]);
    expect(refused({}, needs('hostPath', '/srv'))).toEqual(['mount /srv of the host']);
  });

  it.each(['/data', '/data/', '/data/a/b', '//data//a', '/data/./a'])(
    'is %s under the prefix /data',
    (path) => {
      expect(refused({ hostPaths: ['/srv', '/data'] }, needs('hostPath', path))).toEqual([]);
      expect(refused({ hostPaths: ['/data/'] }, needs('hostPath', path))).toEqual([]);
    },
  );

  it.each(['/database', '/', '/dat', '/srv/data', '/data/../etc', '/data/a/..', '/data/../data/a', '/Data'])(
    'is not %s under the prefix /data',
    (path) => {
      expect(refused({ hostPaths: ['/data'] }, needs('hostPath', path))).toEqual([
        `mount ${path} of the host`,
      ]);
    },
  );

  it('is everything under /, but still no way through ".."', () => {
    expect(refused({ hostPaths: ['/'] }, needs('hostPath', '/etc'))).toEqual([]);
    expect(refused({ hostPaths: ['/'] }, needs('hostPath', '/a/../etc'))).toHaveLength(1);
  });

  it('is a right whatever its value, and only that right', () => {
    expect(refused({ rights: ['device'] }, needs('device', '/dev/fuse'))).toEqual([]);
    expect(refused({ rights: ['device'] }, needs('privileged', 'true'))).toEqual(['be privileged']);
    expect(refused({ rights: ['hostPath'] }, needs('engineSocket', '/run'))).toEqual([
      'reach the engine through /run',
    ]);
    expect(refused({ hostPaths: ['/run'] }, needs('engineSocket', '/run'))).toHaveLength(1);
  });

  it('is a profile by name', () => {
    expect(refused({}, [], 'hardened')).toEqual([]);
    expect(refused({}, [], 'unrestricted')).toEqual(['use the security profile unrestricted']);
    expect(refused({ profiles: ['unrestricted'] }, [], 'standard')).toEqual([
      'use the security profile standard',
    ]);
  });

  it('is refused in words, all at once', () => {
    const all: readonly Need[] = [
      ...needs('privileged', 'true'),
      ...needs('capability', 'SYS_ADMIN'),
      ...needs('publicPort', '*:80->80/tcp'),
      ...needs('otherContainer', 'db'),
      ...needs('runtime', 'runsc'),
    ];
    expect(refused({}, all, 'unrestricted')).toEqual([
      'use the security profile unrestricted',
      'be privileged',
      'have the capability SYS_ADMIN',
      'open the port *:80->80/tcp to the network',
      'share with the container db',
      'use the runtime runsc',
    ]);
  });
});
