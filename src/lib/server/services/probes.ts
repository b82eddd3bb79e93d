/** The question that each kind of readiness asks of a container. */
import type { Readiness } from '#lib/domain/agent-spec.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { ContainerFacts, Engine } from '../engine/engine.ts';
import { LogProbe } from './probe-log.ts';
import { httpAnswer, PortProbe, tcpAnswer } from './probe-port.ts';
import { attempt, no, yes, type Answer, type Probe } from './probe.ts';

export function makeProbe(readiness: Readiness, engine: Engine, containerId: string): Probe {
  switch (readiness.kind) {
    case 'auto':
      return simple((facts) => (facts.health === 'none' ? yes('running') : healthy(facts)));
    case 'running':
      return simple(() => yes('running'));
    case 'healthy':
      return simple((facts) => {
        if (facts.health !== 'none') return healthy(facts);
        throw new AppError(
          'VALIDATION',
          'readiness: the image has no HEALTHCHECK that could say it is healthy',
          {
            hint: 'Use another readiness, or give a health check with --health-cmd in the start args.',
            details: {
              fields: [{ field: 'readiness', value: 'healthy', rule: 'needs an image with a HEALTHCHECK' }],
            },
          },
        );
      });
    case 'exec':
      return simple((_, signal) => execAnswer(engine, containerId, readiness.command, signal));
    case 'tcp':
      return new PortProbe(engine, containerId, (inside) => tcpAnswer(inside, readiness.port));
    case 'http':
      return new PortProbe(engine, containerId, (inside) => httpAnswer(inside, readiness));
    case 'log':
      return new LogProbe(engine, containerId, readiness.pattern);
  }
}

function simple(ask: (facts: ContainerFacts, signal?: AbortSignal) => Answer | Promise<Answer>): Probe {
  return { ask: async (facts, signal) => ask(facts, signal), close: () => undefined };
}

function healthy({ health }: ContainerFacts): Answer {
  return health === 'healthy' ? yes('healthy') : no(`its health check says ${health}`);
}

async function execAnswer(
  engine: Engine,
  containerId: string,
  command: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const ran = await attempt(engine, containerId, command, signal);
  if (ran === null) return no(`${command[0] ?? ''} did not answer`);
  if (ran.exitCode === 0) return yes(`${command[0] ?? ''} says yes`);
  return no(`${command[0] ?? ''} ended with code ${ran.exitCode}`);
}
