import type { ContainerFacts, ContainerSummary } from '../facts.ts';
import type { FakeContainer } from './container.ts';
import { statusText } from './status-text.ts';
import type { World } from './world.ts';

export function summaryOf(world: World, container: FakeContainer): ContainerSummary {
  const { id, name, status, labels, createdAt, ports, networks, mounts } = container;
  const imageId = container.image.id;
  // when the tag has moved or is gone, the list says the id instead
  const image = world.images.find(container.plan.Image)?.id === imageId ? container.plan.Image : imageId;
  return {
    id,
    name,
    image,
    imageId,
    status,
    statusText: statusText(container, world.clock.now()),
    command: container.argv.map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' '),
    labels,
    // the list has whole seconds
    createdAt: Math.floor(createdAt / 1000) * 1000,
    ports,
    networks,
    mounts,
  };
}

export function factsOf(container: FakeContainer): ContainerFacts {
  const {
    id,
    name,
    status,
    exitCode,
    oomKilled,
    error,
    startedAt,
    finishedAt,
    pid,
    labels,
    ports,
    networks,
    plan,
  } = container;
  return {
    id,
    name,
    image: plan.Image,
    imageId: container.image.id,
    status,
    exitCode,
    oomKilled,
    error,
    startedAt,
    finishedAt,
    restartCount: container.restarts.count,
    pid,
    tty: plan.Tty === true,
    labels,
    health: 'none',
    ports,
    networks,
    restartPolicy: (plan.HostConfig.RestartPolicy?.Name ?? '') || 'no',
    autoRemove: plan.HostConfig.AutoRemove === true,
    raw: rawOf(container),
  };
}

/** The engine's answer, as far as the fake knows it. */
function rawOf(container: FakeContainer): Readonly<Record<string, unknown>> {
  const { id, name, status, exitCode, oomKilled, error, pid, labels, ports, networks, plan, argv } =
    container;
  const { HostConfig, NetworkingConfig: _networking, ...config } = plan;
  const [path = '', ...args] = argv;
  const time = (at: number | null) => (at === null ? '0001-01-01T00:00:00Z' : new Date(at).toISOString());
  return {
    Id: id,
    Name: `/${name}`,
    Created: time(container.createdAt),
    Path: path,
    Args: args,
    Image: container.image.id,
    RestartCount: container.restarts.count,
    State: {
      Status: status,
      Running: container.running,
      Paused: status === 'paused',
      Restarting: status === 'restarting',
      OOMKilled: oomKilled,
      Dead: false,
      Pid: pid,
      ExitCode: exitCode,
      Error: error,
      StartedAt: time(container.startedAt),
      FinishedAt: time(container.finishedAt),
    },
    Config: { ...config, Labels: labels },
    HostConfig: { Memory: 0, MemorySwap: 0, NanoCpus: 0, PidsLimit: null, ...HostConfig },
    NetworkSettings: {
      Ports: Object.fromEntries(
        ports.map((port) => [port.container, [{ HostIp: port.ip, HostPort: String(port.host) }]]),
      ),
      Networks: Object.fromEntries(networks.map((network) => [network, {}])),
    },
    Mounts: container.mounts.map(({ type, source, target }) => ({
      Type: type,
      ...(type === 'volume' ? { Name: source } : { Source: source }),
      Destination: target,
    })),
  };
}
