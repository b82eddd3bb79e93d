import type { ContainerPlan } from '#lib/domain/container-plan.ts';
import { EngineRefusal } from './refusal.ts';

const NAME = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const MIN_MEMORY = 6 * 1024 ** 2;
const RESTART_POLICIES = ['', 'no', 'always', 'on-failure', 'unless-stopped'];

/** What the engine looks at when it makes a container, in its order. Networks, ports and the command it first looks at when it starts one. */
export function checkPlan(
  plan: ContainerPlan,
  host: { readonly cpus: number; readonly apiVersion: string },
): void {
  const { Memory = 0, MemorySwap = 0, NanoCpus = 0, RestartPolicy } = plan.HostConfig;
  const nameless = plan.Env.find((each) => each.startsWith('='));
  if (nameless !== undefined) throw new EngineRefusal(400, `invalid environment variable: ${nameless}`);
  if (plan.WorkingDir?.startsWith('/') === false) {
    throw new EngineRefusal(
      400,
      `the working directory '${plan.WorkingDir}' is invalid, it needs to be an absolute path`,
    );
  }
  if (!RESTART_POLICIES.includes(RestartPolicy.Name))
    throw new EngineRefusal(400, `invalid restart policy '${RestartPolicy.Name}'`);
  if (RestartPolicy.Name !== 'on-failure' && RestartPolicy.MaximumRetryCount !== 0) {
    throw new EngineRefusal(
      400,
      `maximum retry count cannot be used with restart policy '${RestartPolicy.Name}'`,
    );
  }
  if (Memory !== 0 && Memory < MIN_MEMORY)
    throw new EngineRefusal(400, 'Minimum memory limit allowed is 6MB');
  if (MemorySwap > 0 && MemorySwap < Memory) {
    throw new EngineRefusal(400, 'Minimum memoryswap limit should be larger than memory limit, see usage');
  }
  const { cpus } = host;
  if (NanoCpus < 0 || NanoCpus > cpus * 1e9) {
    throw new EngineRefusal(
      400,
      `Range of CPUs is from 0.01 to ${cpus.toFixed(2)}, as there are only ${cpus} CPUs available`,
    );
  }
  const endpoints = Object.keys(plan.NetworkingConfig?.EndpointsConfig ?? {});
  if (endpoints.length > 1 && !atLeast(host.apiVersion, 44)) {
    throw new EngineRefusal(
      400,
      `Container cannot be connected to network endpoints: ${endpoints.join(', ')}`,
    );
  }
}

export function checkName(name: string, owner: (name: string) => string | undefined): void {
  if (!NAME.test(name))
    throw new EngineRefusal(
      400,
      `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    );
  const other = owner(name.replace(/^\//, ''));
  if (other === undefined) return;
  const words = `The container name "/${name}" is already in use by container "${other}".`;
  throw new EngineRefusal(
    409,
    `Conflict. ${words} You have to remove (or rename) that container to be able to reuse that name.`,
  );
}

/** Minor version of the engine's API 1.x. */
function atLeast(apiVersion: string, minor: number): boolean {
  return Number(apiVersion.split('.')[1]) >= minor;
}
