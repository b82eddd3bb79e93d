/** What a part of Slipway with services, loops and an end of its own is made of, and what it gives. Composed by app.ts after the core. */
import type { LogStore } from '../archive/log-store.ts';
import type { Config } from '../config.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Log } from '../log.ts';
import type { Sampler } from '../loops/sampler.ts';
import type { AppBus } from '../messages.ts';
import type { AccountService } from '../services/accounts.ts';
import type { AgentRecords } from '../services/agent-records.ts';
import type { Services } from '../services/compose.ts';
import type { InsideDial } from '../services/inside-dial.ts';
import type { Operations } from '../services/operations.ts';
import type { PromptNeeds } from '../services/prompt-needs.ts';
import type { MetricRepository } from '../storage/metrics.ts';
import type { Seal } from '../services/seal.ts';
import type { Sshd } from '../services/sshd.ts';
import type { TypeCatalogue } from '../services/type-catalogue.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { Db } from '../storage/database.ts';
import type { Journal } from '../storage/journal.ts';
import type { SettingsRepository } from '../storage/settings.ts';
import type { HostBoard } from '../streams/host-board.ts';
import type { LineCounts } from '../streams/line-counts.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';
import type { ServerMeter } from '../streams/server-meter.ts';
import type { TailBoard } from '../streams/tail-board.ts';

export interface AreaParts {
  readonly config: Config;
  readonly instance: string;
  readonly log: Log;
  readonly bus: AppBus;
  readonly db: Db;
  readonly journal: Journal;
  readonly fleet: Fleet;
  readonly agents: AgentRepository;
  readonly settings: SettingsRepository;
  readonly records: AgentRecords;
  readonly operations: Operations;
  readonly pulses: PulseBoard;
  readonly tails: TailBoard;
  readonly logStore: LogStore;
  readonly sampler: Sampler;
  readonly metrics: MetricRepository;
  readonly hostFigures: HostBoard;
  readonly lineCounts: LineCounts;
  readonly meter: ServerMeter;
  readonly seal: Seal;
  readonly types: TypeCatalogue;
  readonly prompts: PromptNeeds;
  readonly services: Services;
  readonly sshd: Sshd;
  readonly dial: InsideDial;
  readonly accounts: AccountService;
}

export interface Area<AreaServices> {
  /** Doors find them in `app.services`. */
  readonly services: AreaServices;
  /** When the hosts are there. */
  start(): Promise<void> | void;
  /** At the end of Slipway, while the engines are there: what people do inside is ended. */
  leave?(): Promise<void>;
  /** Within a second or so; the database is open until then. */
  close(): Promise<void> | void;
}
