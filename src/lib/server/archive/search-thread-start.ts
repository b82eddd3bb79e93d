import { Worker } from 'node:worker_threads';
import source from './search-thread.ts?thread';

export function startSearchThread(): Worker {
  return new Worker(source, { eval: true, name: 'log search' });
}
