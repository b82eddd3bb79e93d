import { describe, expect, it } from 'vitest';
import { applyRunOptions, bareBody } from './apply.ts';
import { needsOf } from './needs.ts';
import { parseFlags } from './parse.ts';

function needs(...words: string[]): readonly string[] {
  const { options, problems } = parseFlags(words);
  expect(problems).toEqual([]);
  const applied = applyRunOptions(bareBody('a'), options);
  return 'body' in applied
    ? needsOf(applied.body).map(({ right, value }) => `${right} ${value}`)
    : ['problem'];
}

describe('what a container needs beyond a plain one', () => {
  it('is nothing for the usual flags', () => {
    expect(
      needs(
        '-it',
        '--memory=1g',
        '--cpus=2',
        '-eA=b',
        '--cap-drop=ALL',
        '--cap-add=CHOWN',
        '--security-opt=no-new-privileges',
        '-p127.0.0.1:80:80',
        '-p[::1]:81:81',
        '-vdata:/data',
        '-v/anonymous',
        '--tmpfs=/tmp',
        '--network=backend',
        '--gpus=all',
        '--oom-score-adj=100',
        '--mount=source=v,target=/v,volume-driver=local',
      ),
    ).toEqual([]);
  });

  it.each([
    ['--privileged', 'privileged true'],
    ['--network=host', 'hostNetwork host'],
    ['--pid=host', 'hostPid host'],
    ['--ipc=host', 'hostIpc host'],
    ['--uts=host', 'hostUts host'],
    ['--userns=host', 'hostUserns host'],
    ['--cgroupns=host', 'hostCgroup host'],
    ['--cgroup-parent=/x', 'hostCgroup /x'],
    ['-v/srv:/data:ro', 'hostPath /srv'],
    ['-v/srv/../etc:/data', 'hostPath /etc'],
    ['--mount=type=bind,source=/srv,target=/data', 'hostPath /srv'],
    ['-v/var/run/docker.sock:/s', 'engineSocket /var/run/docker.sock'],
    ['-v/run:/host-run', 'engineSocket /run'],
    ['-v/:/host', 'engineSocket /'],
    ['--mount=type=bind,src=/var/run//docker.sock,dst=/s,readonly', 'engineSocket /var/run/docker.sock'],
    ['-v/srv/x/docker.sock:/s', 'engineSocket /srv/x/docker.sock'],
    [
      '--mount=target=/v,volume-driver=local,volume-opt=type=none,volume-opt=device=/etc,volume-opt=o=bind',
      'hostPath /etc',
    ],
    [
      '--mount=target=/v,volume-opt=type=nfs,volume-opt=device=:/export,volume-opt=o=addr=10.0.0.1',
      'volumeDriver nfs :/export',
    ],
    ['--mount=target=/v,volume-driver=rexray', 'volumeDriver rexray'],
    ['--volume-driver=rexray', 'volumeDriver rexray'],
    ['--device=/dev/fuse', 'device /dev/fuse'],
    ['--device=vendor.com/class=gpu', 'device vendor.com/class=gpu'],
    ['--device-cgroup-rule=a *:* rwm', 'device a *:* rwm'],
    ['--cap-add=sys_admin', 'capability SYS_ADMIN'],
    ['--cap-add=ALL', 'capability ALL'],
    ['--security-opt=seccomp=unconfined', 'security seccomp=unconfined'],
    ['--security-opt=apparmor:unconfined', 'security apparmor:unconfined'],
    ['--security-opt=label=disable', 'security label=disable'],
    ['--security-opt=no-new-privileges=false', 'security no-new-privileges=false'],
    ['--security-opt=systempaths=unconfined', 'security systempaths=unconfined'],
    ['--network=container:db', 'otherContainer db'],
    ['--pid=container:db', 'otherContainer db'],
    ['--ipc=container:db', 'otherContainer db'],
    ['--volumes-from=db:ro', 'otherContainer db'],
    ['--link=db:database', 'otherContainer db'],
    ['--oom-kill-disable', 'oomProtection OOM killer disabled'],
    ['--oom-score-adj=-100', 'oomProtection -100'],
    ['--runtime=runsc', 'runtime runsc'],
    ['-p8080:80', 'publicPort *:8080->80/tcp'],
    ['-p0.0.0.0:8080:80', 'publicPort 0.0.0.0:8080->80/tcp'],
    ['-P', 'publicPort all exposed ports'],
  ])('%s is %s', (word, need) => {
    expect(needs(word)).toEqual([need]);
  });

  it('is each thing once', () => {
    expect(needs('--pid=container:db', '--volumes-from=db', '--link=db:a', '--link=db:b')).toEqual([
      'otherContainer db',
    ]);
  });
});
