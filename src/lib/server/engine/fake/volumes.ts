import type { CreateBody } from '#lib/domain/docker-run/create-body.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type { MountFacts, VolumeFacts } from '../facts.ts';
import type { EventLog } from './event-log.ts';
import { directory, Files } from './files.ts';
import { EngineRefusal } from './refusal.ts';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** The volumes of one fake engine, by name. */
export class Volumes {
  readonly #events: EventLog;
  readonly #newId: () => string;
  readonly #now: () => number;
  readonly #volumes = new Map<string, VolumeFacts>();
  readonly #files = new Map<string, Files>();

  constructor(events: EventLog, newId: () => string, now: () => number) {
    this.#events = events;
    this.#newId = newId;
    this.#now = now;
  }

  list(): readonly VolumeFacts[] {
    return [...this.#volumes.values()];
  }

  find(name: string): VolumeFacts | undefined {
    return this.#volumes.get(name);
  }

  /** What lies in it; it begins empty. */
  filesOf(name: string): Files {
    const files = this.#files.get(name) ?? new Files(new Map([['/', directory(this.#now())]]));
    this.#files.set(name, files);
    return files;
  }

  /** There already: as it is. */
  create(name: string, labels: Labels): VolumeFacts {
    const there = this.#volumes.get(name);
    if (there !== undefined) return there;
    if (name.length < 2)
      throw new EngineRefusal(
        400,
        `create ${name}: volume name is too short, names should be at least two alphanumeric characters`,
      );
    if (!NAME.test(name)) {
      throw new EngineRefusal(
        400,
        `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed`,
      );
    }
    const volume: VolumeFacts = {
      name,
      driver: 'local',
      labels,
      createdAt: Math.floor(this.#now() / 1000) * 1000,
      mountpoint: `/var/lib/docker/volumes/${name}/_data`,
    };
    this.#volumes.set(name, volume);
    this.#events.emit('volume', 'create', name, { driver: 'local' });
    return volume;
  }

  /** `user`: the container that has it. */
  remove(name: string, user: string | undefined): void {
    if (!this.#volumes.has(name)) throw new EngineRefusal(404, `get ${name}: no such volume`);
    if (user !== undefined) throw new EngineRefusal(409, `remove ${name}: volume is in use - [${user}]`);
    this.#volumes.delete(name);
    this.#files.delete(name);
    this.#events.emit('volume', 'destroy', name, { driver: 'local' });
  }

  /** What a new container mounts; volumes that are not there are made. `anonymous` go with the container. */
  mount(
    { HostConfig: { Binds = [], Mounts = [] }, Volumes: targets = {} }: CreateBody,
    ofImage: readonly string[],
  ): { readonly mounts: readonly MountFacts[]; readonly anonymous: readonly string[] } {
    const anonymous: string[] = [];
    const volume = (source: string, target: string): MountFacts => {
      const name = source === '' ? this.#newId() : source;
      if (source === '') anonymous.push(name);
      this.create(name, {});
      return { type: 'volume', source: name, target };
    };
    const said = [
      ...Binds.map((bind) => {
        const [source = '', target = ''] = bind.split(':');
        return source.startsWith('/') ? { type: 'bind', source, target } : volume(source, target);
      }),
      ...Mounts.map(({ Type, Source = '', Target }) =>
        Type === 'volume' ? volume(Source, Target) : { type: Type, source: Source, target: Target },
      ),
    ];
    const free = [...new Set([...Object.keys(targets), ...ofImage])].filter(
      (target) => !said.some((each) => each.target === target),
    );
    return { mounts: [...said, ...free.map((target) => volume('', target))], anonymous };
  }
}
