/** Figures over time, of agents and hosts. */
import * as machine from '../hosts/machine.ts';
import { HostSampler } from '../loops/host-sampler.ts';
import { MetricRecorder } from '../loops/metric-recorder.ts';
import { MetricService } from '../services/metrics.ts';
import { PrometheusService } from '../services/prometheus.ts';
import { LogSegmentRepository } from '../storage/log-segments.ts';
import { OperationRepository } from '../storage/operations.ts';
import { SnapshotRepository } from '../storage/snapshots.ts';
import type { Area, AreaParts } from './area.ts';

export function composeMetrics(parts: AreaParts) {
  const { db, fleet, log, metrics: repository } = parts;
  const recorder = new MetricRecorder({ ...parts, repository });
  const hostSampler = new HostSampler({ ...parts, machine });
  const looks = new Set<Promise<void>>();
  fleet.listen({
    changed: () => undefined,
    online: (host, engine, signal) => {
      const look = hostSampler.run(host, engine, signal).catch((error: unknown) => {
        log.error({ host: host.name, err: error }, 'a loop broke');
      });
      looks.add(look);
      void look.finally(() => looks.delete(look));
    },
  });
  const services = {
    metrics: new MetricService({ ...parts, snapshotRows: new SnapshotRepository(db) }),
    prometheus: new PrometheusService({
      ...parts,
      operationRows: new OperationRepository(db),
      segments: new LogSegmentRepository(db),
    }),
  };
  return {
    services,
    start: () => {
      recorder.start();
    },
    close: async () => {
      await recorder.close();
      await Promise.all(looks);
    },
  } satisfies Area<typeof services>;
}
