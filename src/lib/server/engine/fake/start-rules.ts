import type { FakeContainer } from './container.ts';
import { PREDEFINED } from './networks.ts';
import type { Program } from './process.ts';
import { EngineRefusal } from './refusal.ts';
import type { World } from './world.ts';

export interface PreparedStart {
  readonly program: Program;
  readonly ports: readonly PublishedPort[];
}

export interface PublishedPort {
  /** `80/tcp` */
  readonly container: string;
  readonly ip: string;
  readonly host: number;
}

/** What the engine first looks at when it starts a container: create said yes to all of it. */
export function prepareStart(world: World, container: FakeContainer): PreparedStart {
  const endpoints = container.plan.NetworkingConfig?.EndpointsConfig ?? {};
  for (const name of container.networks) {
    if (world.networks.find(name) === undefined) throw new EngineRefusal(404, `network ${name} not found`);
    if (name in PREDEFINED && (endpoints[name]?.Aliases ?? []).length > 0) {
      throw new EngineRefusal(
        400,
        'network-scoped alias is supported only for containers in user defined networks',
      );
    }
  }
  const ports = publish(world, container);
  return { program: findProgram(container), ports };
}

function publish(world: World, container: FakeContainer): readonly PublishedPort[] {
  return Object.entries(container.plan.HostConfig.PortBindings ?? {}).flatMap(([port, bindings]) =>
    bindings.map(({ HostIp = '', HostPort = '' }) => {
      const ip = HostIp === '' ? '0.0.0.0' : HostIp;
      const host = HostPort === '' || HostPort === '0' ? world.containers.freePort(ip) : Number(HostPort);
      if (world.containers.holderOf(ip, host) !== undefined) {
        const words = `driver failed programming external connectivity on endpoint ${container.name}`;
        throw new EngineRefusal(
          500,
          `${words} (${container.id}): Bind for ${ip}:${host} failed: port is already allocated`,
        );
      }
      return { container: port, ip, host };
    }),
  );
}

function findProgram({ argv: [command = ''], image }: FakeContainer): Program {
  const program = image.commands[command] ?? image.commands[command.replace(/^(?:\/usr)?\/bin\//, '')];
  if (program !== undefined) return program;
  const words =
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process';
  throw new EngineRefusal(400, `${words}: exec: "${command}": executable file not found in $PATH: unknown`);
}
