import { describe, expect, it } from 'vitest';
import { TransferMeter } from './transfer-meter.ts';

const says = (
  layer: string | null,
  status: string,
  current: number | null = null,
  total: number | null = null,
) => ({
  layer,
  status,
  current,
  total,
});

describe('the progress of a pull', () => {
  it('knows nothing before the first size is known', () => {
    const meter = new TransferMeter();
    meter.add(says('latest', 'Pulling from library/nginx'), 0);
    meter.add(says('a', 'Pulling fs layer'), 1);
    expect(meter.percent).toBeNull();
    expect(meter.text).toBe('');
    expect(meter.view()).toEqual({
      layers: [{ id: 'a', state: 'waiting', current: null, total: null }],
      current: 0,
      total: 0,
      bytesPerSecond: null,
      secondsLeft: null,
    });
  });

  it('sums the bytes of all layers, with speed and time left', () => {
    const meter = new TransferMeter();
    meter.add(says('a', 'Downloading', 0, 1000), 0);
    meter.add(says('b', 'Downloading', 0, 3000), 0);
    meter.add(says('a', 'Downloading', 500, 1000), 500);
    meter.add(says('b', 'Downloading', 500, 3000), 1000);
    expect(meter.percent).toBe(25);
    expect(meter.view()).toMatchObject({ current: 1000, total: 4000, bytesPerSecond: 1000, secondsLeft: 3 });
  });

  it('says no time left while a layer has not said its size', () => {
    const meter = new TransferMeter();
    meter.add(says('a', 'Downloading', 0, 1000), 0);
    meter.add(says('b', 'Waiting'), 0);
    meter.add(says('a', 'Downloading', 500, 1000), 1000);
    expect(meter.view()).toMatchObject({ bytesPerSecond: 500, secondsLeft: null });
  });

  it('never goes back when a further layer becomes known', () => {
    const meter = new TransferMeter();
    meter.add(says('a', 'Downloading', 900, 1000), 0);
    expect(meter.percent).toBe(90);
    meter.add(says('b', 'Downloading', 0, 9000), 1);
    expect(meter.percent).toBe(90);
  });

  it('is not over when a small layer is and a large one has not begun', () => {
    const meter = new TransferMeter();
    meter.add(says('large', 'Waiting'), 0);
    meter.add(says('small', 'Downloading', 10, 10), 0);
    meter.add(says('small', 'Pull complete'), 1);
    expect(meter.percent).toBe(50);
  });

  it('counts a layer as over when it is checked, unpacked or was here already', () => {
    const meter = new TransferMeter();
    meter.add(says('here', 'Already exists'), 0);
    meter.add(says('small', 'Download complete'), 0);
    meter.add(says('a', 'Downloading', 400, 1000), 0);
    meter.add(says('a', 'Verifying Checksum'), 1);
    meter.add(says('a', 'Extracting', 100, 1000), 2);
    expect(meter.view()).toMatchObject({ current: 1000, total: 1000 });
    expect(meter.view().layers.map((each) => each.state)).toEqual(['done', 'checking', 'unpacking']);
    expect(meter.text).toContain('unpacking');
    meter.add(says('a', 'Pull complete'), 3);
    expect(meter.view().layers.at(-1)?.state).toBe('done');
  });

  it('measures the speed over the last seconds only', () => {
    const meter = new TransferMeter();
    meter.add(says('a', 'Downloading', 0, 100_000), 0);
    meter.add(says('a', 'Downloading', 50_000, 100_000), 1000);
    for (let second = 2; second <= 12; second += 1)
      meter.add(says('a', 'Downloading', 50_000 + second * 10, 100_000), second * 1000);
    expect(meter.view().bytesPerSecond).toBe(10);
  });
});
