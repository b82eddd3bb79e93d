import type { HostConfig } from '#lib/domain/docker-run/create-body.ts';
import type { PublishedPort } from '../facts.ts';
import type { FakeContainer } from './container.ts';
import { isAbsent } from './create-rules.ts';
import type { ImageContent } from './image.ts';
import { PREDEFINED } from './networks.ts';
import type { Program } from './process.ts';
import { EngineRefusal } from './refusal.ts';
import type { World } from './world.ts';

export interface PreparedStart {
  readonly program: Program;
  readonly ports: readonly PublishedPort[];
}

/** What the engine first looks at when it starts a container: create said yes to all of it. */
export function prepareStart(world: World, container: FakeContainer): PreparedStart {
  for (const [name, endpoint] of container.endpoints) {
    if (world.networks.find(name) === undefined) throw new EngineRefusal(404, `network ${name} not found`);
    if (name in PREDEFINED && (endpoint.Aliases ?? []).length > 0) {
      throw new EngineRefusal(
        400,
        'network-scoped alias is supported only for containers in user defined networks',
      );
    }
  }
  checkDevices(world, container.plan.HostConfig);
  const ports = publish(world, container);
  return { program: findProgram(container), ports };
}

function checkDevices(world: World, { Devices = [], DeviceRequests = [] }: HostConfig): void {
  const absent = Devices.find(({ PathOnHost }) => isAbsent(PathOnHost));
  if (absent !== undefined) {
    const words = 'error gathering device information while adding custom device';
    throw new EngineRefusal(500, `${words} "${absent.PathOnHost}": no such file or directory`);
  }
  const [request] = DeviceRequests;
  if (request !== undefined && !world.host.gpus) {
    const wanted = (request.Capabilities ?? []).map((each) => `[${each.join(' ')}]`).join(' ');
    const words = `could not select device driver "${request.Driver ?? ''}" with capabilities`;
    throw new EngineRefusal(500, `${words}: [${wanted}]`);
  }
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

/** What a command is in an image; under /bin it is the same. */
export function programIn(image: Pick<ImageContent, 'commands'>, command: string): Program | undefined {
  return image.commands[command] ?? image.commands[command.replace(/^(?:\/usr)?\/bin\//, '')];
}

function findProgram({ argv: [command = ''], image }: FakeContainer): Program {
  const program = programIn(image, command);
  if (program !== undefined) return program;
  const words =
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process';
  throw new EngineRefusal(400, `${words}: exec: "${command}": executable file not found in $PATH: unknown`);
}
