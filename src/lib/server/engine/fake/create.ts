import type { CreateBody } from '#lib/domain/docker-run/create-body.ts';
import { FakeContainer } from './container.ts';
import { PLATFORM } from './image.ts';
import { checkName, checkPlan } from './create-rules.ts';
import { commandLine } from './launch.ts';
import { EngineRefusal } from './refusal.ts';
import type { World } from './world.ts';

/** Makes a container, as the engine does it: without its further networks. */
export function create(
  world: World,
  name: string,
  plan: CreateBody,
  platform: string = PLATFORM,
): { readonly id: string; readonly warnings: readonly string[] } {
  checkPlan(plan, world.host);
  const image = world.images.find(plan.Image);
  if (image === undefined) throw new EngineRefusal(404, `No such image: ${plan.Image}`);
  if (platform !== PLATFORM) {
    const words = `image with reference ${plan.Image} was found but does not match the specified platform`;
    throw new EngineRefusal(404, `${words}: wanted ${platform}, actual: ${PLATFORM}`);
  }
  if (commandLine(plan, image).length === 0) throw new EngineRefusal(400, 'No command specified');
  checkName(name, (taken) => world.containers.named(taken)?.id);
  const container = new FakeContainer(world, name, plan, image);
  world.containers.add(container);
  return { id: container.id, warnings: [] };
}
