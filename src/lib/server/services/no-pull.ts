import { AppError } from '#lib/domain/errors.ts';
import type { Host } from '../hosts/host.ts';

/** Throws always: IMAGE_NOT_FOUND when the image is missing, CONFLICT when it is there and was to be brought up to date. */
export async function refuseNoPull(host: Host, image: string): Promise<never> {
  const here = await host.engine().inspectImage(image);
  const hint = 'Load or build it on the host, or let an admin take no_pull off this host.';
  if (here === null)
    throw new AppError(
      'IMAGE_NOT_FOUND',
      `${image} is not on ${host.name}, and nothing is pulled to this host (no_pull)`,
      { hint },
    );
  throw new AppError(
    'CONFLICT',
    `${image} is on ${host.name}, and nothing is pulled to this host (no_pull)`,
    {
      hint,
    },
  );
}
