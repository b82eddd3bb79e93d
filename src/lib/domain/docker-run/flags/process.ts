/** What runs in the container, as whom, and how it ends and comes back. */
import { PULL_POLICIES } from '../../agent-spec.ts';
import { readHealthDuration, readInteger } from '../amounts.ts';
import {
  readContainerName,
  readEnv,
  readHostname,
  readLabel,
  readPlatform,
  readRestart,
  readSignal,
  readWorkdir,
} from '../process.ts';
import { cut, readMatching, readOneOf, readPair, readWord } from '../read.ts';
import type { OptionsDraft } from '../run-options.ts';
import { config, each, host, list, one, pairs, toggle, type Flag } from './flag.ts';

const readPlainText = readMatching(/^[^\0]*$/, 'must not hold a NUL character');

const health = (draft: OptionsDraft) => (draft.config.Healthcheck ??= {});

export const PROCESS_FLAGS: Readonly<Record<string, Flag>> = {
  annotation: pairs(readPair, (draft) => (draft.host.Annotations ??= {})),
  domainname: config('Domainname', readWord),
  // an empty one resets the entrypoint of the image
  entrypoint: one(readPlainText, (draft, value) => (draft.config.Entrypoint = [value])),
  env: each(
    readEnv,
    (draft, [key, value]) => {
      const others = (draft.config.Env ?? []).filter((other) => cut(other, '=')[0] !== key);
      draft.config.Env = [...others, `${key}=${value}`];
    },
    'e',
  ),
  'group-add': list(
    readMatching(/^[^\0\s]+$/, 'must be a group or its number'),
    (draft) => (draft.host.GroupAdd ??= []),
  ),
  'health-cmd': one(readPlainText, (draft, value) => {
    if (value === '') delete health(draft).Test;
    else health(draft).Test = ['CMD-SHELL', value];
  }),
  'health-interval': one(readHealthDuration, (draft, value) => (health(draft).Interval = value)),
  'health-retries': one(readInteger(0, 2 ** 31 - 1), (draft, value) => (health(draft).Retries = value)),
  'health-start-interval': one(readHealthDuration, (draft, value) => (health(draft).StartInterval = value)),
  'health-start-period': one(readHealthDuration, (draft, value) => (health(draft).StartPeriod = value)),
  'health-timeout': one(readHealthDuration, (draft, value) => (health(draft).Timeout = value)),
  hostname: config('Hostname', readHostname, 'h'),
  init: toggle((draft, value) => (draft.host.Init = value)),
  interactive: toggle((draft, value) => (draft.config.OpenStdin = value), 'i'),
  label: pairs(readLabel, (draft) => (draft.config.Labels ??= {}), 'l'),
  'log-driver': one(readWord, (draft, value) => ((draft.host.LogConfig ??= {}).Type = value)),
  'log-opt': pairs(readPair, (draft) => ((draft.host.LogConfig ??= {}).Config ??= {})),
  name: one(readContainerName, (draft, value) => (draft.name = value)),
  'no-healthcheck': toggle((draft, value) => (draft.noHealthcheck = value)),
  platform: one(readPlatform, (draft, value) => (draft.platform = value)),
  pull: one(
    readOneOf([...PULL_POLICIES, '']),
    (draft, value) => (draft.pull = value === '' ? 'missing' : value),
  ),
  restart: host('RestartPolicy', readRestart),
  runtime: host('Runtime', readWord),
  'stop-signal': config('StopSignal', readSignal),
  'stop-timeout': config('StopTimeout', readInteger(-1, 2 ** 31 - 1)),
  tty: toggle((draft, value) => (draft.config.Tty = value), 't'),
  user: config('User', readWord, 'u'),
  workdir: config('WorkingDir', readWorkdir, 'w'),
};
