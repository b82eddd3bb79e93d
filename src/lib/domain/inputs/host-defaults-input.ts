import { z } from 'zod';
import { cpuInput, line, memoryInput, pidsInput } from './primitives.ts';

/** What agents on a host get when neither their maker nor their type says anything. What is left out is as the instance has it. */
export const hostDefaultsInput = z.strictObject({
  memory: memoryInput.optional(),
  cpu: cpuInput.optional(),
  pids: pidsInput.optional(),
  network: line(128)
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'must be the name of a network')
    .optional(),
});

export type HostDefaults = z.output<typeof hostDefaultsInput>;
