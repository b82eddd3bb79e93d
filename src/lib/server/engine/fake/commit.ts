import type { CommitOptions } from '../engine.ts';
import type { FakeContainer } from './container.ts';
import { tagOf } from './image.ts';
import { EngineRefusal } from './refusal.ts';
import { settleChange, type Settings } from './settings.ts';
import type { World } from './world.ts';

const REPOSITORY = /^[a-z0-9]+(?:[._/:-]+[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** Bakes environment and labels into the image, and pauses meanwhile when told to. A bad tag is found out too late: the image is there, without a name. */
export function commit(
  world: World,
  container: FakeContainer,
  options: CommitOptions,
): { readonly imageId: string } {
  const pauses = options.pause && container.status === 'running';
  if (pauses) container.pause();
  try {
    const { plan, image: parent } = container;
    const settings = {
      labels: container.labels,
      env: [...parent.env, ...(plan.Env ?? [])],
      entrypoint: plan.Entrypoint ?? parent.entrypoint,
      cmd: plan.Cmd ?? parent.cmd,
      config: parent.config,
      commands: parent.commands,
    };
    const image = world.images.derive(parent, {
      ...(options.changes ?? []).reduce<Settings>(settleChange, settings),
      files: container.files.copy(),
      createdBy: container.argv.join(' '),
      size: container.use.writableBytes,
    });
    if (!REPOSITORY.test(options.repository)) throw new EngineRefusal(500, 'invalid reference format');
    if (!TAG.test(options.tag)) throw new EngineRefusal(500, 'invalid tag format');
    const reference = tagOf(`${options.repository}:${options.tag}`);
    world.images.tag(image, reference);
    container.emit('commit', { comment: options.comment, imageID: image.id, imageRef: reference });
    return { imageId: image.id };
  } finally {
    if (pauses) container.unpause();
  }
}
