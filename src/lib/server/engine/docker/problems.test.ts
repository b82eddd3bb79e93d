import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '#lib/domain/errors.ts';
import { engineWords, toAppError, type Doing } from './problems.ts';

/** As the client library throws it. */
function answered(statusCode: number, message: string): Error {
  const reason = statusCode === 500 ? 'server error' : 'bad request';
  return Object.assign(new Error(`(HTTP code ${statusCode}) ${reason} - ${message} `), {
    statusCode,
    reason,
    json: { message },
  });
}

const failed = (code: string) => Object.assign(new Error(`connect ${code} /var/run/docker.sock`), { code });

/** Engines' words by what we were doing. Collected from notes and documentation, not all recorded: the contract suite has the last word. */
const ANSWERS: readonly (readonly [ErrorCode, Doing, number, string])[] = [
  ['IMAGE_NOT_FOUND', 'create', 404, 'No such image: nothing:latest'],
  ['IMAGE_NOT_FOUND', 'image', 404, 'No such image: nothing:latest'],
  ['IMAGE_NOT_FOUND', 'pull', 404, 'manifest for busybox:nope not found: manifest unknown: manifest unknown'],
  [
    'IMAGE_NOT_FOUND',
    'pull',
    404,
    "pull access denied for nope, repository does not exist or may require 'docker login'",
  ],
  [
    'PULL_FAILED',
    'pull',
    500,
    'Get "https://registry.example.test/v2/": dial tcp: lookup registry.example.test: no such host',
  ],
  // 20.10 and 25 for a registry of one's own; 28 with the image store of containerd; what a repository does not have
  [
    'IMAGE_NOT_FOUND',
    'pull',
    404,
    'repository example.test/x not found: name unknown: repository name not known to registry',
  ],
  [
    'IMAGE_NOT_FOUND',
    'pull',
    404,
    'failed to resolve reference "example.test/x:1": example.test/x:1: not found',
  ],
  ['IMAGE_NOT_FOUND', 'pull', 404, 'no matching manifest for linux/arm64/v8 in the manifest list entries'],
  [
    'IMAGE_NOT_FOUND',
    'pull',
    404,
    'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  ],
  ['IMAGE_NOT_FOUND', 'push', 200, 'An image does not exist locally with the tag: example.test/x'],
  ['IMAGE_NOT_FOUND', 'push', 404, 'tag does not exist: example.test/x:1'],
  ['IMAGE_NOT_FOUND', 'save', 404, 'reference does not exist'],
  ['PULL_FAILED', 'pull', 200, 'filesystem layer verification failed for digest sha256:0a'],
  ['PULL_FAILED', 'pull', 200, 'unexpected EOF'],
  [
    'PULL_FAILED',
    'push',
    200,
    'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
  ],
  ['VALIDATION', 'pull', 400, 'invalid reference format: repository name must be lowercase'],
  ['VALIDATION', 'image', 500, 'invalid reference format: repository name must be lowercase'],
  ['BUILD_FAILED', 'build', 200, "The command '/bin/sh -c exit 3' returned a non-zero code: 3"],
  ['BUILD_FAILED', 'build', 404, 'pull access denied for x, repository does not exist'],
  ['BUILD_FAILED', 'build', 400, 'dockerfile parse error line 2: unknown instruction: FOO'],
  ['BUILD_FAILED', 'build', 500, 'Cannot locate specified Dockerfile: Dockerfile'],
  ['NOT_FOUND', 'archive', 404, 'Could not find the file /x in container 0a'],
  ['NOT_FOUND', 'archive', 500, 'lstat /var/lib/docker/overlay2/0a/merged/a/x: not a directory'],
  ['VALIDATION', 'archive', 400, 'extraction point is not a directory'],
  ['CONFLICT', 'archive', 403, 'container rootfs is marked read-only'],
  ['CONFLICT', 'archive', 403, 'mounted volume is marked read-only'],
  [
    'ENGINE_ERROR',
    'archive',
    500,
    'Error processing tar file(exit status 1): archive/tar: invalid tar header',
  ],
  ['PULL_FAILED', 'pull', 200, 'failed to register layer: no space left on device'],
  [
    'NAME_TAKEN',
    'create',
    409,
    'Conflict. The container name "/fox" is already in use by container "abc". You have to remove (or rename) that container to be able to reuse that name.',
  ],
  ['NAME_TAKEN', 'rename', 409, 'Conflict. The container name "/fox" is already in use by container "abc".'],
  [
    'PORT_TAKEN',
    'start',
    500,
    'driver failed programming external connectivity on endpoint fox (1): Bind for 0.0.0.0:80 failed: port is already allocated',
  ],
  [
    'PORT_TAKEN',
    'start',
    500,
    'driver failed programming external connectivity on endpoint fox: Error starting userland proxy: listen tcp4 0.0.0.0:22: bind: address already in use',
  ],
  ['NETWORK_ERROR', 'start', 404, 'network nowhere not found'],
  [
    'NETWORK_ERROR',
    'start',
    400,
    'network-scoped alias is supported only for containers in user defined networks',
  ],
  [
    'NETWORK_ERROR',
    'network',
    500,
    'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
  ],
  [
    'NETWORK_ERROR',
    'network',
    403,
    'cannot create network 1 (br-1): conflicts with network 2 (br-2): networks have overlapping IPv4',
  ],
  ['NETWORK_ERROR', 'network', 403, 'Pool overlaps with other one on this address space'],
  ['NETWORK_ERROR', 'start', 403, 'Address already in use'],
  [
    'NETWORK_ERROR',
    'start',
    500,
    "no available IPv4 addresses on this network's address pools: small (f999ecd4219a)",
  ],
  [
    'NETWORK_ERROR',
    'network',
    400,
    'user specified IP address is supported only when connecting to networks with user configured subnets',
  ],
  [
    'NETWORK_ERROR',
    'network',
    400,
    'container cannot be connected to multiple networks with one of the networks in private (none) mode',
  ],
  ['CONFLICT', 'network', 403, 'endpoint with name fox already exists in network agents'],
  ['CONFLICT', 'network', 409, 'network with name slipway-agents already exists'],
  ['CONFLICT', 'network', 403, 'error while removing network: network agents id 1 has active endpoints'],
  ['CONFLICT', 'network', 403, 'bridge is a pre-defined network and cannot be removed'],
  ['RESOURCE_LIMIT', 'create', 400, 'Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available'],
  ['RESOURCE_LIMIT', 'create', 400, 'Minimum memory limit allowed is 6MB'],
  ['RESOURCE_LIMIT', 'start', 500, 'could not select device driver "" with capabilities: [[gpu]]'],
  ['RESOURCE_LIMIT', 'create', 500, 'mkdir /var/lib/docker/overlay2/1: no space left on device'],
  [
    'VALIDATION',
    'start',
    400,
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown',
  ],
  ['VALIDATION', 'start', 500, 'OCI runtime create failed: exec: "/x": permission denied: unknown'],
  ['VALIDATION', 'create', 400, 'Unknown runtime specified nope'],
  ['VALIDATION', 'create', 400, 'unknown or invalid runtime name: nope'],
  [
    'VALIDATION',
    'start',
    500,
    'error gathering device information while adding custom device "/dev/nope": no such file or directory',
  ],
  [
    'VALIDATION',
    'create',
    400,
    'invalid mount config for type "bind": bind source path does not exist: /no/such',
  ],
  ['VALIDATION', 'create', 404, 'create v: error looking up volume plugin nope: plugin "nope" not found'],
  ['VALIDATION', 'start', 500, 'unable to find user nobody9: no matching entries in passwd file'],
  ['VALIDATION', 'create', 500, 'Cannot mkdir: /etc/passwd is not a directory'],
  ['VALIDATION', 'exec', 400, 'No exec command specified'],
  ['VALIDATION', 'volume', 400, 'create v: volume name is too short'],
  ['NOT_FOUND', 'volume', 404, 'get nope: no such volume'],
  ['CONFLICT', 'volume', 409, 'remove v1: volume is in use - [e2f7dcba6742]'],
  [
    'CONFLICT',
    'update',
    409,
    'Cannot update container abc: Restart policy cannot be updated because AutoRemove is enabled for the container',
  ],
  [
    'RESOURCE_LIMIT',
    'update',
    500,
    'Cannot update container abc: failed to write "12582912": write /sys/fs/cgroup/memory/memory.limit_in_bytes: device or resource busy: unknown',
  ],
  [
    'RESOURCE_LIMIT',
    'create',
    500,
    "--storage-opt is supported only for overlay over xfs with 'pquota' mount option",
  ],
  ['RESOURCE_LIMIT', 'create', 400, 'Requested CPUs are not available - requested 77, available: 0-1'],
  [
    'IMAGE_NOT_FOUND',
    'create',
    404,
    'image with reference x:1 was found but does not match the specified platform: wanted linux/arm64, actual: linux/amd64',
  ],
  ['VALIDATION', 'create', 400, 'invalid environment variable: =x'],
  ['VALIDATION', 'kill', 400, 'Invalid signal: NOPE'],
  ['NOT_FOUND', 'read', 404, 'No such container: abc'],
  ['NOT_FOUND', 'start', 404, 'No such container: abc'],
  ['NOT_FOUND', 'commit', 404, 'No such container: abc'],
  ['NOT_FOUND', 'stats', 404, 'something else that is not there'],
  ['CONFLICT', 'kill', 409, 'Cannot kill container: fox: Container abc is not running'],
  ['CONFLICT', 'pause', 409, 'Container abc is already paused'],
  ['CONFLICT', 'pause', 500, 'Container abc is not paused'],
  [
    'CONFLICT',
    'start',
    500,
    'Cannot restart container abc: container is marked for removal and cannot be started',
  ],
  [
    'CONFLICT',
    'remove',
    409,
    'You cannot remove a running container abc. Stop the container before attempting removal or force remove',
  ],
  [
    'CONFLICT',
    'image',
    409,
    'conflict: unable to remove repository reference "x" (must force) - container abc is using its referenced image 1',
  ],
  ['CONFLICT', 'start', 304, ''],
  ['ENGINE_ERROR', 'commit', 500, 'invalid tag format'],
  ['ENGINE_ERROR', 'logs', 400, 'Bad parameters: you must choose at least one stream'],
  ['ENGINE_ERROR', 'read', 500, 'layer does not exist'],
  [
    'ENGINE_ERROR',
    'read',
    400,
    'client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version',
  ],
];

describe('an answer of the engine', () => {
  it.each(ANSWERS)('is %s when we %s and it says %i %s', (code, doing, status, words) => {
    const error = toAppError(answered(status, words), doing);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code, message: words, details: { engine: { status, message: words } } });
  });

  it('that speaks of something aborted is still its answer, and no lost connection', () => {
    const error = toAppError(answered(500, 'write aborted: disk quota exceeded'), 'commit');
    expect(error).toMatchObject({ code: 'ENGINE_ERROR', message: 'write aborted: disk quota exceeded' });
  });

  it('names the thing that the person knows, unless its words do already', () => {
    expect(toAppError(answered(500, 'no route'), 'pull', 'busybox').message).toBe('busybox: no route');
    expect(toAppError(answered(404, 'No such image: busybox'), 'image', 'busybox').message).toBe(
      'No such image: busybox',
    );
  });

  it.each([
    ['runtime', 'nope', 'create', 400, 'Unknown runtime specified nope'],
    ['runtime', 'nope', 'create', 400, 'unknown or invalid runtime name: nope'],
    ['volumes', '/no/such', 'create', 400, 'invalid mount config: bind source path does not exist: /no/such'],
    ['devices', '/dev/nope', 'start', 500, 'adding custom device "/dev/nope": no such file or directory'],
    ['user', 'nobody9', 'start', 500, 'unable to find user nobody9: no matching entries in passwd file'],
  ] as const)('names the field %s with its value %s', (field, value, doing, status, words) => {
    expect(toAppError(answered(status, words), doing).details?.fields).toEqual([
      { field, value, rule: words },
    ]);
  });

  it.each([
    ['pull', 500, 'Head "https://example.test/v2/x/manifests/1": no basic auth credentials'],
    ['pull', 500, 'unauthorized: authentication required'],
    [
      'pull',
      500,
      'Get "https://example.test/v2/x/manifests/1": unauthorized: access to the resource is denied',
    ],
    ['pull', 500, 'error from registry: unauthorized'],
    ['pull', 500, 'Head "https://ghcr.io/v2/acme/x/manifests/1": denied: denied'],
    ['push', 200, 'unauthorized: authentication required'],
    ['push', 200, 'denied: requested access to the resource is denied'],
    ['login', 500, 'login attempt to https://127.0.0.1:5000/v2/ failed with status: 401 Unauthorized'],
    ['login', 401, 'Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password'],
  ] as const)(
    'says of a %s that the registry refused the login, and keeps its words (%#)',
    (doing, status, words) => {
      expect(toAppError(answered(status, words), doing, 'acme/x')).toMatchObject({
        code: 'PULL_FAILED',
        message: 'acme/x: The registry refused the login',
        details: { engine: { status, message: words } },
      });
    },
  );

  it('says of a tar that it is none, and keeps the words about it', () => {
    const words = 'Error processing tar file(exit status 1): unexpected EOF';
    expect(toAppError(answered(200, words), 'load')).toMatchObject({
      code: 'ENGINE_ERROR',
      message: 'The engine cannot read this as a tar of images',
      details: { engine: { status: 200, message: words } },
    });
  });

  it('says what to do about a command that is not there', () => {
    expect(
      toAppError(answered(400, 'exec: "x": executable file not found in $PATH: unknown'), 'start').hint,
    ).toContain('command');
  });
});

describe('a connection that fails', () => {
  it.each([
    ['ENOENT', 'The Docker socket is missing', 'Install and start Docker'],
    ['EACCES', 'No permission to open the Docker socket', 'group "docker"'],
    ['EPERM', 'No permission to open the Docker socket', 'group "docker"'],
    ['ECONNREFUSED', 'The Docker Engine refuses the connection', 'systemctl start docker'],
    ['ENOTSOCK', 'The address of the Docker Engine is no socket', 'DOCKER_HOST'],
    ['ENOTFOUND', 'The host of the Docker Engine is unknown', 'cannot be resolved'],
    ['ETIMEDOUT', 'The Docker Engine does not answer', 'load of its host'],
    ['ECONNRESET', 'The connection to the Docker Engine broke off', 'reconnects by itself'],
    ['EPIPE', 'The connection to the Docker Engine broke off', 'reconnects by itself'],
  ])('with %s is SOCKET_ERROR in words of its own, with a remedy', (code, message, hint) => {
    const error = toAppError(failed(code), 'ping');
    expect(error).toMatchObject({ code: 'SOCKET_ERROR', message });
    expect(error.hint).toContain(hint);
  });

  it('is told by its words where it has no code', () => {
    expect(toAppError(new Error('socket hang up'), 'read')).toMatchObject({ code: 'SOCKET_ERROR' });
    expect(toAppError(new Error('aborted'), 'logs')).toMatchObject({ code: 'SOCKET_ERROR' });
  });
});

describe('a call that was ended', () => {
  it('by its signal was cancelled', () => {
    expect(toAppError(AbortSignal.abort().reason, 'pull')).toMatchObject({ code: 'CANCELLED' });
    expect(
      toAppError(
        Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' }),
        'pull',
      ),
    ).toMatchObject({ code: 'CANCELLED' });
  });

  it('by its deadline got no answer', () => {
    const late = new DOMException('late', 'TimeoutError');
    expect(toAppError(late, 'read')).toMatchObject({
      code: 'SOCKET_ERROR',
      message: 'The Docker Engine does not answer',
    });
    const wrapped = Object.assign(new Error('The operation was aborted', { cause: late }), {
      name: 'AbortError',
    });
    expect(toAppError(wrapped, 'read')).toMatchObject({
      code: 'SOCKET_ERROR',
      message: 'The Docker Engine does not answer',
    });
  });
});

it('what is an AppError already stays what it is', () => {
  const error = new AppError('PORT_TAKEN', 'x');
  expect(toAppError(error, 'start')).toBe(error);
});

it.each([
  [answered(500, 'words'), 'words'],
  [Object.assign(new Error('(HTTP code 500) server error - words '), { json: 'plain words' }), 'plain words'],
  [new Error('(HTTP code 500) server error - words '), 'words'],
  [new Error('other'), 'other'],
  ['a text', 'a text'],
  [null, 'null'],
  [{}, 'unknown error'],
])("the engine's words are without the wrapping of the client (%#)", (error, words) => {
  expect(engineWords(error)).toBe(words);
});
