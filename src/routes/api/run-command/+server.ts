import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { commandInput } from '#lib/domain/inputs/verb-inputs.ts';
import { endpoint, readJson } from '#lib/server/http/doors.ts';

/** A docker run command as the body of a spawn: `{command}` to `{input, notes}`. */
export const POST = endpoint(async ({ app, actor, event }) => {
  const { command } = parseInput(commandInput, await readJson(event.request));
  return app.services.preflight.readCommand(actor, command);
});
