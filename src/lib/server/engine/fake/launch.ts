import type { ContainerPlan } from '#lib/domain/container-plan.ts';
import type { Image } from './images.ts';

/** The command line of the main process: the plan's words over the image's. An entrypoint of one's own takes the image's command away. */
export function commandLine(plan: ContainerPlan, image: Image): readonly string[] {
  const inherited = plan.Entrypoint === undefined ? image.cmd : [];
  const cmd = plan.Cmd !== undefined && plan.Cmd.length > 0 ? plan.Cmd : inherited;
  return [...(plan.Entrypoint ?? image.entrypoint), ...cmd];
}

export function environment(plan: ContainerPlan, image: Image): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...image.env, ...plan.Env].map((each) => {
      const at = each.indexOf('=');
      return at === -1 ? [each, ''] : [each.slice(0, at), each.slice(at + 1)];
    }),
  );
}

export function networkNames(plan: ContainerPlan): readonly string[] {
  const mode = plan.HostConfig.NetworkMode;
  const first = mode === '' || mode === 'default' ? 'bridge' : mode;
  return [...new Set([first, ...Object.keys(plan.NetworkingConfig?.EndpointsConfig ?? {})])];
}
