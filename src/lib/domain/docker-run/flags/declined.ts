/** Flags that say nothing to an engine: ignored where that changes nothing, refused where somebody would wait for what does not happen. */
import { readBool } from '../read.ts';
import { ignored, refused, type Flag } from './flag.ts';

const TERMINAL =
  'it is about the terminal of the docker CLI; an agent starts detached and its output is on its page';
const FILE = 'it reads a file of the machine where docker runs, and Slipway gets no file with it';
const WINDOWS = 'it is for Windows containers, and Slipway drives Linux engines';

export const DECLINED_FLAGS: Readonly<Record<string, Flag>> = {
  attach: ignored('list', TERMINAL, { short: 'a' }),
  cidfile: refused(
    'one',
    'it writes a file on the machine where docker runs; the id is on the page and in the API',
  ),
  'cpu-count': refused('one', WINDOWS),
  'cpu-percent': refused('one', WINDOWS),
  detach: ignored('switch', 'an agent always starts detached', { short: 'd' }),
  'detach-keys': ignored('one', TERMINAL),
  'disable-content-trust': ignored('switch', 'it is so anyway: Slipway checks no signatures of Notary', {
    take: (_, text) => {
      const read = readBool(text);
      return 'value' in read && read.value ? null : 'must be true: Slipway cannot check signatures of Notary';
    },
  }),
  'env-file': refused('list', `${FILE}: give the variables as --env`),
  help: refused('switch', 'there is nothing to run with it'),
  'io-maxbandwidth': refused('one', WINDOWS),
  'io-maxiops': refused('one', WINDOWS),
  'kernel-memory': refused(
    'one',
    'kernels and engines no longer limit kernel memory by itself: use --memory',
  ),
  'label-file': refused('list', `${FILE}: give the labels as --label`),
  quiet: ignored('switch', 'a pull shows its progress in the operation', { short: 'q' }),
  rm: refused(
    'switch',
    'a container that removes itself takes the evidence of a crash with it: "remove" is a verb here, and prune clears what is old',
  ),
  'sig-proxy': ignored('switch', TERMINAL),
  'use-api-socket': refused(
    'switch',
    "it gives the container the engine and the registry logins of the CLI's user; mounting the engine's socket is a switch of its own",
  ),
};
