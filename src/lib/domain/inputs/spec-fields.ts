/** The fields of a spec that have a grammar of their own. Each refuses with the rule and gives the canonical form (agent-spec.ts). */
import { z } from 'zod';
import type { ReadinessProbe, RestartPolicy } from '../agent-spec.ts';
import { readExtraHost, readIp } from '../docker-run/addresses.ts';
import { readDevice } from '../docker-run/devices.ts';
import { readUlimit } from '../docker-run/limits.ts';
import { readPort } from '../docker-run/ports.ts';
import { isRefused, type Reader } from '../docker-run/read.ts';
import { line, secondsInput, text, words } from './primitives.ts';

/** Text in the form that a reader of docker-run knows; stays text. */
export const readAs = <Value>(reader: Reader<Value>, max = 512) =>
  line(max).superRefine((value, context) => {
    const read = reader(value);
    if (isRefused(read)) context.addIssue({ code: 'custom', message: read.rule });
  });

/** The same, in the form that the engine takes. */
const canonicalAs = (reader: Reader<string>, max = 512) =>
  line(max).transform((value, context) => {
    const read = reader(value);
    if (!isRefused(read)) return read.value;
    context.addIssue({ code: 'custom', message: read.rule });
    return z.NEVER;
  });

/** The engine runs a process for each published port: a slip of the pen must not ask for all of them many times over. */
const MAX_PUBLISHED_PORTS = 65_536;

export const portsInput = z
  .array(line(512))
  .max(512)
  .superRefine((ports, context) => {
    let total = 0;
    for (const [index, port] of ports.entries()) {
      const read = readPort(port);
      if (!isRefused(read)) total += read.value.length;
      const rule = isRefused(read) ? read.rule : null;
      const tooMany = total > MAX_PUBLISHED_PORTS;
      if (rule === null && !tooMany) continue;
      const message = rule ?? `publishes more than ${MAX_PUBLISHED_PORTS} ports in all`;
      context.addIssue({ code: 'custom', path: [index], message });
      if (tooMany) return;
    }
  });
export const devicesInput = z.array(readAs(readDevice)).max(128);
export const dnsInput = z.array(canonicalAs(readIp)).max(16);
export const extraHostsInput = z.array(canonicalAs(readExtraHost)).max(256);
export const ulimitsInput = z
  .array(readAs(readUlimit))
  .max(32)
  .superRefine((limits, context) => {
    const names = limits.map((each) => each.split('=')[0]);
    for (const [index, name] of names.entries())
      if (names.indexOf(name) < index)
        context.addIssue({ code: 'custom', path: [index], message: `limits ${name ?? ''} a second time` });
  });

const RESTART_RULE = 'must be no, on-failure, on-failure:<times>, unless-stopped or always';

/** `on-failure:3`, or `{name, maximumRetryCount}`. */
export const restartInput = z.union(
  [
    z
      .string()
      .regex(/^(?:no|unless-stopped|always|on-failure(?::\d{1,6})?)$/, RESTART_RULE)
      .transform((value): RestartPolicy => {
        const [name = 'no', count = '0'] = value.split(':');
        return { name: name as RestartPolicy['name'], maximumRetryCount: Number(count) };
      }),
    z
      .strictObject({
        name: z.enum(['no', 'on-failure', 'unless-stopped', 'always']),
        maximumRetryCount: z.number().int().min(0).max(999_999).default(0),
      })
      .refine((policy) => policy.name === 'on-failure' || policy.maximumRetryCount === 0, {
        path: ['maximumRetryCount'],
        message: 'belongs to on-failure only',
      }),
  ],
  RESTART_RULE,
);

const port = z.number().int('must be a port').min(1, 'must be a port').max(65_535, 'must be a port');

const READINESS_RULE =
  'must be auto, running, healthy, {"log": regex}, {"tcp": port}, {"http": {port, path, status}} or {"exec": [...]}';

/** One probe, with an optional `timeout`. `{"timeout": 30}` alone is `auto`. */
export const readinessInput = z.union(
  [
    z.enum(['auto', 'running', 'healthy']).transform((kind) => ({ kind, timeout: undefined })),
    z
      .strictObject({
        kind: z.enum(['auto', 'running', 'healthy']).optional(),
        log: line(1000).min(1, 'must be a pattern').optional(),
        tcp: port.optional(),
        http: z
          .strictObject({
            port,
            path: line(2000)
              .regex(/^\/[^\s]*$/, 'must begin with "/"')
              .default('/'),
            status: z.number().int().min(100).max(599).default(200),
          })
          .optional(),
        exec: words.min(1, 'must name a program').optional(),
        timeout: secondsInput.optional(),
      })
      .transform(
        (
          { timeout, kind, log, tcp, http, exec },
          context,
        ): ReadinessProbe & { timeout: number | undefined } => {
          const probes: readonly ReadinessProbe[] = [
            ...(kind === undefined ? [] : [{ kind }]),
            ...(log === undefined ? [] : [{ kind: 'log', pattern: log } as const]),
            ...(tcp === undefined ? [] : [{ kind: 'tcp', port: tcp } as const]),
            ...(http === undefined ? [] : [{ kind: 'http', ...http } as const]),
            ...(exec === undefined ? [] : [{ kind: 'exec', command: exec } as const]),
          ];
          if (probes.length > 1) {
            context.addIssue({ code: 'custom', message: 'must name one probe, not several' });
            return z.NEVER;
          }
          return { ...(probes[0] ?? { kind: 'auto' }), timeout };
        },
      ),
  ],
  READINESS_RULE,
);

const networkName = line(128).regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'must be the name of a network');
/** `default` is the engine's other name for its bridge. */
export const networksInput = z
  .array(networkName.transform((name) => (name === 'default' ? 'bridge' : name)))
  .max(16)
  .superRefine((names, context) => {
    for (const [index, name] of names.entries())
      if (names.indexOf(name) < index)
        context.addIssue({ code: 'custom', path: [index], message: 'is named twice' });
  });

/** What a kernel takes. */
export const hostnameInput = text(64).regex(
  /^(?!-)[a-zA-Z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-zA-Z0-9-]{1,63}(?<!-))*$/,
  'must be a host name such as web-1',
);

const GPUS_RULE = 'must be "all", a number of GPUs from 1 to 64 or a list of device ids';
const gpuId = line(128).regex(/^[^\s,"]+$/, 'must be the number or the id of a GPU');
export const gpusInput = z.union(
  [
    z.literal('all'),
    z.number().int(GPUS_RULE).min(1, GPUS_RULE).max(64, GPUS_RULE),
    z.array(gpuId).min(1, GPUS_RULE).max(64, GPUS_RULE),
  ],
  GPUS_RULE,
);
