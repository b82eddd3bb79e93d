import { createHash } from 'node:crypto';
import { Stamps, type Clock } from './clock.ts';
import { Containers } from './containers.ts';
import { EventLog } from './event-log.ts';
import { Images } from './images.ts';
import { Networks } from './networks.ts';
import { Registry } from './registry.ts';
import { Volumes } from './volumes.ts';

export interface HostOptions {
  readonly name: string;
  readonly cpus: number;
  readonly memory: number;
  readonly version: string;
  readonly apiVersion: string;
  readonly runtimes: readonly string[];
  /** Its storage driver can limit the disk of a container. */
  readonly diskQuota: boolean;
  /** Its engine has a driver for GPUs. */
  readonly gpus: boolean;
}

/** Everything that is on the fake host: it goes on when the way to it is cut. */
export class World {
  readonly host: HostOptions;
  readonly clock: Clock;
  readonly stamps: Stamps;
  readonly events: EventLog;
  readonly networks: Networks;
  readonly volumes: Volumes;
  readonly images: Images;
  readonly registry: Registry;
  readonly containers = new Containers();
  #count = 0;

  constructor(host: HostOptions, clock: Clock) {
    this.host = host;
    this.clock = clock;
    this.stamps = new Stamps(clock);
    this.events = new EventLog(this.stamps);
    const newId = () => this.newId();
    this.networks = new Networks(this.events, newId);
    this.volumes = new Volumes(this.events, newId, () => clock.now());
    this.images = new Images(this.events, newId, () => clock.now());
    this.registry = new Registry(clock);
  }

  /** 64 hexadecimal digits, the same in each run of a test. */
  newId(): string {
    this.#count += 1;
    return createHash('sha256').update(`${this.host.name} ${this.#count}`).digest('hex');
  }

  newPid(): number {
    this.#count += 1;
    return 1000 + this.#count;
  }
}
