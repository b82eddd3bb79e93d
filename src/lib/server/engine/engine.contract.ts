/**
 * What every implementation of the engine port does, as one suite. It runs on the fake and on a real Docker Engine
 * (engine.contract.test.ts): what is built on the port may rely on each sentence here, and the fake may do nothing else.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeArchives } from './contract/archives.ts';
import { describeBuilds } from './contract/builds.ts';
import { describeConnection } from './contract/connection.ts';
import { describeEvents } from './contract/events.ts';
import { describeExecutions } from './contract/executions.ts';
import { describeImages } from './contract/images.ts';
import { describeLifecycle } from './contract/lifecycle.ts';
import { describeLogs } from './contract/logs.ts';
import { describeNetworks } from './contract/networks.ts';
import { describePulls } from './contract/pulls.ts';
import { describeRefusals } from './contract/refusals.ts';
import { describeRestarts } from './contract/restarts.ts';
import { describeStats } from './contract/stats.ts';
import type { EngineUnderTest, MakeEngine } from './contract/subject.ts';
import { describeStreams } from './contract/streams.ts';
import { describeTransfers } from './contract/transfers.ts';
import { describeUpdates } from './contract/updates.ts';
import { describeVolumes } from './contract/volumes.ts';
import { Yard } from './contract/yard.ts';

const SET_UP_MS = 60_000;

export function describeEngineContract(name: string, makeEngine: MakeEngine): void {
  describe(name, () => {
    let subject: EngineUnderTest | null = null;
    let yard: Yard;
    const current = () => yard;

    beforeAll(async () => {
      subject = await makeEngine();
      yard = new Yard(subject);
    }, SET_UP_MS);
    afterEach(() => yard.clear());
    afterAll(() => subject?.dispose(), SET_UP_MS);

    describeConnection(current);
    describeLifecycle(current);
    describeRefusals(current);
    describeLogs(current);
    describeStats(current);
    describeEvents(current);
    describeImages(current);
    describePulls(current);
    describeTransfers(current);
    describeBuilds(current);
    describeArchives(current);
    describeNetworks(current);
    describeVolumes(current);
    describeExecutions(current);
    describeStreams(current);
    describeUpdates(current);
    describeRestarts(current);

    it('nothing of all this is left behind', async () => {
      expect(await yard.left()).toEqual([]);
      expect(await yard.engine.inspectImage(yard.subject.pullable)).toBeNull();
    });
  });
}
