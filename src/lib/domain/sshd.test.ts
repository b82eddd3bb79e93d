import { describe, expect, it } from 'vitest';
import type { CreateBody } from './docker-run/create-body.ts';
import { sshdFiles, withSshd } from './sshd.ts';

const body = (host: CreateBody['HostConfig'] = {}): CreateBody => ({
  Image: 'x',
  Labels: {},
  HostConfig: { NetworkMode: 'bridge', ...host },
});

describe('an sshd inside a container', () => {
  it('root has it at 22 on a free port of the loopback address, with the rights that sshd needs', () => {
    const { HostConfig: host, ExposedPorts } = withSshd(body({ CapDrop: ['ALL'], CapAdd: ['CHOWN'] }), '');
    expect(ExposedPorts).toEqual({ '22/tcp': {} });
    expect(host.PortBindings).toEqual({ '22/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] });
    expect(host.CapAdd).toEqual(['CHOWN', 'SETUID', 'SETGID', 'SYS_CHROOT', 'AUDIT_WRITE']);
  });

  it('others have it at 2222, and get no right for it', () => {
    const { HostConfig: host } = withSshd(body({ CapDrop: ['ALL'] }), '1000:1000');
    expect(Object.keys(host.PortBindings ?? {})).toEqual(['2222/tcp']);
    expect(host.CapAdd).toBeUndefined();
  });

  it('a port that was published by hand stays as it is', () => {
    const own = { '22/tcp': [{ HostIp: '0.0.0.0', HostPort: '2022' }] };
    expect(withSshd(body({ PortBindings: own }), 'root').HostConfig.PortBindings).toEqual(own);
  });

  it.each(['host', 'none', 'container:x'])(
    'the network %s is refused: no port can be published there',
    (mode) => {
      expect(() => withSshd(body({ NetworkMode: mode }), '')).toThrow(/needs a network of its own/);
    },
  );

  it('a mount at its folder is refused', () => {
    const taken = { Mounts: [{ Type: 'tmpfs' as const, Target: '/run/slipway-ssh/' }] };
    expect(() => withSshd(body(taken), '')).toThrow(/mount it somewhere else/);
  });

  it("root's host key is closed to others, who else it is for can read it", () => {
    const modes = (user: string) =>
      Object.fromEntries(
        sshdFiles(user, { hostKey: 'k', clientPublic: 'p' }).map(({ name, mode }) => [name, mode]),
      );
    expect(modes('root')['host_key']).toBe(0o600);
    expect(modes('node')['host_key']).toBe(0o444);
  });
});
