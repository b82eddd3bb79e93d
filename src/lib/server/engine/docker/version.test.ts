import { describe, expect, it } from 'vitest';
import { negotiate, NEWEST_API, OLDEST_API } from './version.ts';

const answer = (ApiVersion: string, MinAPIVersion: string, more = {}) => ({
  Version: '1.2.3',
  ApiVersion,
  MinAPIVersion,
  ...more,
});

describe('the version of the API', () => {
  it.each([
    ['Engine 20.10', '1.41', '1.12', '1.41'],
    ['Engine 26.1', '1.45', '1.24', '1.45'],
    ['Engine 28.5', '1.51', '1.24', '1.51'],
    ['an engine that is newer than we', '1.60', '1.44', NEWEST_API],
    ['an engine that is newer than we, and just still speaks ours', '1.60', NEWEST_API, NEWEST_API],
  ])('of %s is the newest that both speak', (_, newest, oldest, chosen) => {
    expect(negotiate(answer(newest, oldest))).toEqual({
      version: '1.2.3',
      apiVersion: chosen,
      flavour: 'docker',
    });
  });

  it('is the oldest we know when the engine does not say', () => {
    expect(negotiate({ Version: '1.2.3' }).apiVersion).toBe(OLDEST_API);
    expect(negotiate({ ApiVersion: 'rubbish', MinAPIVersion: 7 }).apiVersion).toBe(OLDEST_API);
  });

  it.each(['1.40', '1.9', '1.12'])('%s is too old, and the error says what is needed', (newest) => {
    expect(() => negotiate(answer(newest, '1.12'))).toThrow(
      expect.objectContaining({
        code: 'ENGINE_ERROR',
        message: `The engine speaks API ${newest}; Slipway needs 1.41 (Docker Engine 20.10) or newer`,
        hint: 'Upgrade the Docker Engine of this host.',
      }),
    );
  });

  it('is too new when the engine no longer speaks any of ours', () => {
    expect(() => negotiate(answer('2.3', '1.60'))).toThrow(
      expect.objectContaining({ code: 'ENGINE_ERROR', hint: 'Upgrade Slipway.' }),
    );
  });

  it.each([null, undefined, 'a page of a proxy', []])(
    'an answer that is none (%j) is an error of the engine',
    (rubbish) => {
      expect(() => negotiate(rubbish)).toThrow(expect.objectContaining({ code: 'ENGINE_ERROR' }));
    },
  );
});

describe('the flavour', () => {
  it('is podman when one of its components says so', () => {
    expect(negotiate(answer('1.41', '1.24', { Components: [null, { Name: 'Podman Engine' }] })).flavour).toBe(
      'podman',
    );
  });

  it('is docker for all others', () => {
    expect(
      negotiate(answer('1.41', '1.24', { Components: [{ Name: 'Engine' }, { Name: 'containerd' }] })).flavour,
    ).toBe('docker');
    expect(negotiate(answer('1.41', '1.24', { Components: 'none' })).flavour).toBe('docker');
  });
});
