import type { CreateBody, Endpoint } from '#lib/domain/docker-run/create-body.ts';
import type { Image } from './image.ts';

/** The command line of the main process: the plan's words over the image's. An entrypoint of one's own takes the image's command away. */
export function commandLine(plan: CreateBody, image: Image): readonly string[] {
  const inherited = plan.Entrypoint === undefined ? image.cmd : [];
  const cmd = plan.Cmd !== undefined && plan.Cmd.length > 0 ? plan.Cmd : inherited;
  return [...(plan.Entrypoint ?? image.entrypoint), ...cmd];
}

export function environment(plan: CreateBody, image: Image): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...image.env, ...(plan.Env ?? [])].map((each) => {
      const at = each.indexOf('=');
      return at === -1 ? [each, ''] : [each.slice(0, at), each.slice(at + 1)];
    }),
  );
}

/** The networks of a container that was made so, the one of its mode first, with what is said about each. */
export function endpointsOf(plan: CreateBody): ReadonlyMap<string, Endpoint> {
  const { NetworkMode: mode = 'default' } = plan.HostConfig;
  const endpoints = plan.NetworkingConfig?.EndpointsConfig ?? {};
  const named = (name: string) => (name === '' || name === 'default' ? 'bridge' : name);
  const names = [...new Set([mode, ...Object.keys(endpoints)])];
  return new Map(names.map((name) => [named(name), endpoints[name] ?? {}]));
}
