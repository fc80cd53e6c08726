import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ReconnectSignal } from '../src/link/ReconnectSignal.js';

interface Stage {
  readonly signal: ReconnectSignal;
  now: number;
  told(): Promise<number>;
}

function connectedOnce(isCluster = false): Stage {
  let count = 0;
  const stage: Stage = {
    now: 0,
    signal: new ReconnectSignal(isCluster, false, () => stage.now),
    async told() {
      await Promise.resolve();
      return count;
    },
  };
  stage.signal.subscribe(() => (count += 1));
  stage.signal.connected();
  stage.signal.answered(0);
  return stage;
}

describe('a connection that comes back', () => {
  it('is told, but not the first one', async () => {
    const stage = connectedOnce();
    expect(await stage.told()).toBe(0);
    stage.signal.disconnected();
    stage.signal.connected();
    expect(await stage.told()).toBe(1);
    stage.signal.close();
  });

  it('is told once, though an answer follows, and calls from before run out of time', async () => {
    const stage = connectedOnce();
    stage.signal.disconnected();
    stage.now = 100;
    stage.signal.connected();
    stage.signal.answered(0);
    stage.signal.failed(0, 50);
    stage.now = 5_000;
    stage.signal.answered(0);
    expect(await stage.told()).toBe(1);
    stage.signal.close();
  });

  it('is seen by the first answer after a failed call where the client tells nothing', async () => {
    const stage = connectedOnce();
    stage.signal.failed(0, 10);
    stage.signal.answered(0);
    expect(await stage.told()).toBe(1);
    stage.now = 3_000;
    stage.signal.failed(0, 3_000);
    stage.signal.answered(0);
    expect(await stage.told()).toBe(2);
    stage.signal.close();
  });

  it('is seen by an answer where the client tells of losses only', async () => {
    const stage = connectedOnce();
    stage.signal.disconnected();
    stage.signal.answered(0);
    stage.now = 5_000;
    stage.signal.answered(0);
    expect(await stage.told()).toBe(1);
    stage.signal.close();
  });

  it('of one node of a Cluster does not stand for those of the others', async () => {
    const stage = connectedOnce(true);
    stage.signal.failed(9000, 0);
    stage.signal.disconnected();
    stage.now = 100;
    stage.signal.answered(1);
    expect(await stage.told()).toBe(0);
    stage.signal.connected();
    expect(await stage.told()).toBe(1);
    stage.now = 5_000;
    stage.signal.answered(9000);
    expect(await stage.told()).toBe(2);
    stage.signal.close();
  });

  it('is told for each part of a Cluster that was lost', async () => {
    const stage = connectedOnce(true);
    stage.signal.failed(1, 0);
    stage.signal.answered(0);
    expect(await stage.told()).toBe(0);
    stage.signal.answered(1);
    expect(await stage.told()).toBe(1);
    stage.signal.close();
  });

  it('is told once for all slots of a node of a Cluster that is back, and again for those of another', async () => {
    const stage = connectedOnce(true);
    for (const slot of [1, 2, 3, 9000]) stage.signal.failed(slot, 0);
    stage.signal.answered(2);
    stage.now = 5_000;
    stage.signal.answered(1);
    stage.signal.answered(3);
    stage.signal.failed(9000, 5_000);
    expect(await stage.told()).toBe(1);
    stage.signal.answered(9000);
    expect(await stage.told()).toBe(2);
    stage.signal.close();
  });

  it('is not told where the store was never reached before', async () => {
    let count = 0;
    const signal = new ReconnectSignal(false, false, () => 0);
    signal.subscribe(() => (count += 1));
    signal.failed(0, 0);
    signal.disconnected();
    signal.connected();
    await Promise.resolve();
    expect(count).toBe(0);
    signal.close();
  });

  it('is told at most every two seconds, and then once for all that came between', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const stage = connectedOnce();
    for (let loss = 0; loss < 5; loss += 1) {
      stage.signal.failed(0, 0);
      stage.signal.answered(0);
    }
    expect(await stage.told()).toBe(1);
    stage.now = 2000;
    await vi.advanceTimersByTimeAsync(2000);
    expect(await stage.told()).toBe(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await stage.told()).toBe(2);
    stage.signal.close();
  });
});
