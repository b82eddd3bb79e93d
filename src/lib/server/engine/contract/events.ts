import { describe, expect, it } from 'vitest';
import type { Engine, EngineEvent } from '../engine.ts';
import { PATIENCE, actionsOf, collect, listen, unique, type Yard } from './yard.ts';

const OBEDIENT = ['sh', '-c', "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done"];

export function describeEvents(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const started = async () => {
    const id = await yard().start({ Cmd: OBEDIENT });
    await expect
      .poll(
        async () => (await Array.fromAsync(engine().logs(id, { ...ALL, signal: NEVER }))).length,
        PATIENCE,
      )
      .toBe(1);
    return id;
  };

  describe('events', () => {
    it.each<[string, readonly string[], (id: string) => Promise<void>]>([
      ['a stop that is obeyed', ['kill', 'die', 'stop'], (id) => engine().stopContainer(id, 10_000)],
      [
        'a restart',
        ['kill', 'die', 'stop', 'start', 'restart'],
        (id) => engine().restartContainer(id, 10_000),
      ],
      ['a kill', ['kill', 'die'], (id) => engine().killContainer(id, 'SIGKILL')],
      [
        'a removal by force',
        ['kill', 'die', 'destroy'],
        (id) => engine().removeContainer(id, { force: true }),
      ],
      [
        'a pause and a resume',
        ['pause', 'unpause'],
        async (id) => {
          await engine().pauseContainer(id);
          await engine().unpauseContainer(id);
        },
      ],
      [
        'a stop of a paused one',
        ['pause', 'kill', 'unpause', 'die', 'stop'],
        async (id) => {
          await engine().pauseContainer(id);
          await engine().stopContainer(id, 10_000);
        },
      ],
    ])('%s is %j', async (_, expected, work) => {
      const id = await started();
      const stream = await listen(engine());
      await work(id);
      await expect.poll(() => actionsOf(stream.seen, id), PATIENCE).toEqual(expected);
      await stream.end();
    });

    it('a life from create to destroy comes in order, each later than the one before', async () => {
      const stream = await listen(engine());
      const id = await yard().finished('exit 3');
      await engine().removeContainer(id, { force: false });
      await expect
        .poll(() => actionsOf(stream.seen, id), PATIENCE)
        .toEqual(['create', 'start', 'die', 'destroy']);
      const times = (await stream.end()).map(({ timeNano }) => timeNano);
      expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
      expect(Number((times[0] ?? 0n) / 1_000_000_000n)).toBeGreaterThan(1_700_000_000);
    });

    it('say the labels, the image and the name, the end its code, the kill its signal', async () => {
      const [stream, name] = [await listen(engine()), unique('told')];
      const id = await yard().start({ Cmd: OBEDIENT, Labels: { colour: 'grey' } }, name);
      await engine().killContainer(id, 'SIGKILL');
      await expect.poll(() => actionsOf(stream.seen, id), PATIENCE).toContain('die');
      const told = (await stream.end()).filter((event) => event.id === id);
      for (const { attributes } of told)
        expect(attributes).toMatchObject({ colour: 'grey', image: yard().image, name });
      const attributesOf = (action: string) => told.find((event) => event.action === action)?.attributes;
      expect(attributesOf('kill')).toMatchObject({ signal: '9' });
      expect(attributesOf('die')).toMatchObject({ exitCode: '137' });
    });

    it('rename says the old name', async () => {
      const [before, after] = [unique('before'), unique('after')];
      const id = await yard().create({}, before);
      const stream = await listen(engine());
      await engine().renameContainer(id, after);
      await expect.poll(() => actionsOf(stream.seen, id), PATIENCE).toEqual(['rename']);
      expect((await stream.end()).find((event) => event.id === id)?.attributes).toMatchObject({
        name: after,
        oldName: `/${before}`,
      });
    });

    it('a killing for memory comes before the end', async () => {
      const HostConfig = { Memory: 8 * 1024 ** 2, MemorySwap: 8 * 1024 ** 2 };
      const stream = await listen(engine());
      const id = await yard().start({ Cmd: yard().subject.outOfMemory, HostConfig });
      await expect.poll(() => actionsOf(stream.seen, id), PATIENCE).toContain('die');
      const actions = actionsOf(await stream.end(), id);
      expect(actions.filter((action) => action === 'oom' || action === 'die').at(0)).toBe('oom');
    });

    it('a start that failed is no start', async () => {
      const stream = await listen(engine());
      const id = await yard().create({ Cmd: ['no-such-command'] });
      await engine()
        .startContainer(id)
        .catch(() => undefined);
      await engine().removeContainer(id, { force: false });
      await expect.poll(() => actionsOf(stream.seen, id), PATIENCE).toEqual(['create', 'destroy']);
      await stream.end();
    });

    it('networks tell when they come and go, and who is in them', async () => {
      const stream = await listen(engine());
      const network = await yard().network();
      const id = await yard().start({ HostConfig: { NetworkMode: network } });
      await engine().removeContainer(id, { force: true });
      await yard().clear();
      const seen = () =>
        stream.seen.filter(({ type, attributes }) => type === 'network' && attributes['name'] === network);
      await expect
        .poll(() => seen().map(({ action }) => action), PATIENCE)
        .toEqual(['create', 'connect', 'disconnect', 'destroy']);
      expect(seen()[1]?.attributes).toMatchObject({ container: id, type: 'bridge' });
      await stream.end();
    });

    it('since replays what was missed', async () => {
      const since = ((await engine().info()).time ?? 0) / 1000;
      const id = await yard().finished('exit 0');
      const stream = collect<EngineEvent>((signal) => engine().events({ since, signal }));
      await expect.poll(() => actionsOf(stream.seen, id), PATIENCE).toEqual(['create', 'start', 'die']);
      await stream.end();
    });

    it('end by their signal, without an error, also when it has ended already', async () => {
      const stream = await listen(engine());
      await stream.end();
      expect(await Array.fromAsync(engine().events({ signal: AbortSignal.abort() }))).toEqual([]);
    });
  });
}

const ALL = { follow: false, tail: null, since: null } as const;
const NEVER = new AbortController().signal;
