import { isOlder } from '#lib/domain/docker-run/api-version.ts';
import type { CreateBody, HostConfig } from '#lib/domain/docker-run/create-body.ts';
import { EngineRefusal } from './refusal.ts';
import type { HostOptions } from './world.ts';

const NAME = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const MIN_MEMORY = 6 * 1024 ** 2;
const RESTART_POLICIES = ['', 'no', 'always', 'on-failure', 'unless-stopped'];

/** What the engine looks at when it makes a container, in its order. Networks, ports and the command it first looks at when it starts one. */
export function checkPlan(plan: CreateBody, host: HostOptions): void {
  const { HostConfig } = plan;
  const nameless = (plan.Env ?? []).find((each) => each.startsWith('='));
  if (nameless !== undefined) throw new EngineRefusal(400, `invalid environment variable: ${nameless}`);
  if (plan.WorkingDir?.startsWith('/') === false) {
    throw new EngineRefusal(
      400,
      `the working directory '${plan.WorkingDir}' is invalid, it needs to be an absolute path`,
    );
  }
  checkRestart(HostConfig.RestartPolicy, HostConfig.AutoRemove === true);
  checkLimits(HostConfig, host);
  checkMounts(HostConfig);
  const { Runtime = '', StorageOpt } = HostConfig;
  if (Runtime !== '' && !host.runtimes.includes(Runtime))
    throw new EngineRefusal(400, `Unknown runtime specified ${Runtime}`);
  if (StorageOpt?.['size'] !== undefined && !host.diskQuota) {
    throw new EngineRefusal(
      500,
      "--storage-opt is supported only for overlay over xfs with 'pquota' mount option",
    );
  }
  const endpoints = Object.keys(plan.NetworkingConfig?.EndpointsConfig ?? {});
  if (endpoints.length > 1 && isOlder(host.apiVersion, '1.44')) {
    throw new EngineRefusal(
      400,
      `Container cannot be connected to network endpoints: ${endpoints.join(', ')}`,
    );
  }
}

/** Also when a container is to be changed. */
export function checkRestart(policy: HostConfig['RestartPolicy'], autoRemove: boolean): void {
  if (policy === undefined) return;
  const { Name, MaximumRetryCount = 0 } = policy;
  if (!RESTART_POLICIES.includes(Name)) throw new EngineRefusal(400, `invalid restart policy '${Name}'`);
  if (Name !== 'on-failure' && MaximumRetryCount !== 0) {
    throw new EngineRefusal(400, `maximum retry count cannot be used with restart policy '${Name}'`);
  }
  if (autoRemove && Name !== '' && Name !== 'no')
    throw new EngineRefusal(400, "can't create 'AutoRemove' container with restart policy");
}

/** Also when a container is to be changed. */
export function checkLimits(
  { Memory = 0, MemorySwap = 0, NanoCpus = 0 }: Pick<HostConfig, 'Memory' | 'MemorySwap' | 'NanoCpus'>,
  { cpus }: { readonly cpus: number },
): void {
  if (Memory !== 0 && Memory < MIN_MEMORY)
    throw new EngineRefusal(400, 'Minimum memory limit allowed is 6MB');
  if (MemorySwap > 0 && MemorySwap < Memory) {
    throw new EngineRefusal(400, 'Minimum memoryswap limit should be larger than memory limit, see usage');
  }
  if (NanoCpus < 0 || NanoCpus > cpus * 1e9) {
    throw new EngineRefusal(
      400,
      `Range of CPUs is from 0.01 to ${cpus.toFixed(2)}, as there are only ${cpus} CPUs available`,
    );
  }
}

/** As a Mount the engine wants the path to be there; as a Bind it makes it. */
function checkMounts({ Mounts = [] }: HostConfig): void {
  for (const { Type, Source = '' } of Mounts) {
    if (Type !== 'bind') continue;
    const words = 'invalid mount config for type "bind"';
    if (!Source.startsWith('/'))
      throw new EngineRefusal(400, `${words}: invalid mount path: '${Source}' mount path must be absolute`);
    if (isAbsent(Source))
      throw new EngineRefusal(400, `${words}: bind source path does not exist: ${Source}`);
  }
}

/** On the fake host there is every path but those that say that they are not there. */
export function isAbsent(path: string): boolean {
  return /\/no-such/.test(path);
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
