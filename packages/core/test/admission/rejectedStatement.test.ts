import { describe, expect, it } from 'vitest';
import { recordEvents, times } from '../session/harness.js';
import { Fleet, registerMs, statementNumber, type Outcome, type Server, type Servers } from './Fleet.js';

/** Each server has registered devices, and nothing is under way. */
async function busy(fleet: Fleet, count = 2, devices = 1): Promise<Servers> {
  const servers = fleet.startMany(count);
  for (const server of servers) {
    for (let device = 0; device < devices; device += 1) {
      expect(await fleet.settled(server.newcomer())).toMatchObject({ code: 'served' });
    }
  }
  await fleet.time.run(2_000);
  fleet.outcomes.length = 0;
  return servers;
}

/** Each server is asked by one new device in a second, for so many seconds. */
async function visit(fleet: Fleet, servers: readonly Server[], seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    for (const [index, server] of servers.entries()) {
      fleet.time.setTimer(() => void server.newcomer(), (1_000 * index) / servers.length);
    }
    await fleet.time.run(1_000);
  }
}

const codes = (outcomes: readonly Outcome[]): ReadonlySet<string> =>
  new Set(outcomes.map(({ code }) => code));

const gaps = (instants: readonly number[]): readonly number[] =>
  instants.slice(1).map((at, index) => at - (instants[index] ?? 0));

/** The next call is rejected, and no other. */
function strayRejection(fleet: Fleet): void {
  fleet.judge = () => {
    fleet.judge = () => 'accepted';
    return 'rejected';
  };
}

describe('one stray rejection of a software statement that worked before', () => {
  it('turns nobody away: its device and those that come meanwhile are served within two seconds', async () => {
    const fleet = new Fleet();
    const [one] = await busy(fleet, 2, 50);
    strayRejection(fleet);
    const asked = [one.newcomer()];
    for (let count = 0; count < 20; count += 1) {
      await fleet.time.run(100);
      asked.push(one.newcomer());
    }
    const outcomes = await fleet.settled(Promise.all(asked));
    expect(codes(outcomes)).toEqual(new Set(['served']));
    expect(Math.max(...fleet.outcomes.map(({ afterMs }) => afterMs))).toBeLessThan(2_000);
    // The stray one, the one that tried the statement again, and those that then went.
    expect(fleet.calls).toHaveLength(100 + 1 + 21);
  });

  it('concerns no other server', async () => {
    const fleet = new Fleet();
    const [one, other] = await busy(fleet);
    strayRejection(fleet);
    const stray = one.newcomer();
    await fleet.time.run(500);
    const beside = await fleet.settled(other.newcomer());
    expect(beside).toMatchObject({ code: 'served' });
    expect(beside.afterMs).toBeLessThan(500);
    expect(await fleet.settled(stray)).toMatchObject({ code: 'served' });
  });

  it('is not believed by a server that has just started, because the fleet has registered with it', async () => {
    const fleet = new Fleet();
    await busy(fleet);
    strayRejection(fleet);
    const outcome = await fleet.settled(fleet.start().newcomer());
    expect(outcome).toMatchObject({ code: 'served' });
    expect(outcome.afterMs).toBeLessThan(2_000);
  });

  it('holds nobody where what was sent later has been taken already', async () => {
    const fleet = new Fleet();
    const [one] = await busy(fleet);
    strayRejection(fleet);
    fleet.wayBackMs = (verdict) => (verdict === 'rejected' ? 500 : registerMs / 2);
    const stray = one.newcomer();
    await fleet.time.run(150);
    void one.newcomer();
    await fleet.time.run(500);
    expect(fleet.calls.at(-1)).toMatchObject({ verdict: 'accepted' });
    const next = await fleet.settled(one.newcomer());
    expect(next).toMatchObject({ code: 'served' });
    expect(next.afterMs).toBeLessThan(400);
    expect(await fleet.settled(stray)).toMatchObject({ code: 'served' });
  });

  it('holds devices until what was sent later is taken, and no longer', async () => {
    const fleet = new Fleet();
    const [one] = await busy(fleet);
    strayRejection(fleet);
    void one.newcomer();
    await fleet.time.run(180);
    void one.newcomer();
    await fleet.time.run(70);
    const held = await fleet.settled(one.newcomer());
    expect(held).toMatchObject({ code: 'served' });
    expect(held.afterMs).toBeGreaterThan(400);
    expect(held.afterMs).toBeLessThan(500);
  });

  it('is a warning of the readiness report, and a doubt among the events, until it is cleared', async () => {
    const fleet = new Fleet();
    const [one] = await busy(fleet);
    using recording = recordEvents();
    strayRejection(fleet);
    const stray = one.newcomer();
    await fleet.time.run(500);
    const doubted = await fleet.settled(one.pass.readiness());
    expect(doubted.findings).toMatchObject([{ level: 'warning', code: 'software_statement_doubted' }]);
    await fleet.settled(stray);
    expect((await fleet.settled(one.pass.readiness())).findings).toEqual([]);
    expect(recording.of('statementDoubted')).toEqual([
      { type: 'statementDoubted', adobeCode: 'invalid_software_statement' },
    ]);
    expect(recording.of('statementRejected')).toEqual([]);
  });
});

describe('a software statement that Adobe Pass no longer takes', () => {
  it('is believed to be rejected after three answers, then presented once in 15 seconds by the whole fleet', async () => {
    const fleet = new Fleet();
    const servers = await busy(fleet, 20);
    const from = fleet.time.now();
    fleet.judge = () => 'rejected';
    await visit(fleet, servers, 50);
    const rejected = fleet.callsSince(from);
    const confirmedAt = from + 4_000;
    const before = rejected.filter(({ at }) => at < confirmedAt);
    // Each server may have had one on its way when it learnt of it.
    expect(before.length).toBeLessThanOrEqual(3 + servers.length);
    const after = rejected.map(({ at }) => at).filter((at) => at >= confirmedAt);
    expect(after.length).toBeGreaterThanOrEqual(3);
    for (const gap of gaps(after)) expect(gap).toBeGreaterThanOrEqual(15_000);
    expect(codes(fleet.outcomes)).toEqual(new Set(['software_statement_rejected']));
  });

  it('is tried by one device when fifty servers find out at once', async () => {
    const fleet = new Fleet();
    const servers = await busy(fleet, 50);
    const from = fleet.time.now();
    fleet.judge = () => 'rejected';
    const asked = servers.flatMap((server) => times(3, async () => await server.newcomer()));
    const outcomes = await fleet.settled(Promise.all(asked));
    const instants = [...new Set(fleet.callsSince(from).map(({ at }) => at))];
    expect(instants).toHaveLength(3);
    for (const gap of gaps(instants)) expect(gap).toBeGreaterThanOrEqual(1_000);
    for (const at of instants.slice(1)) expect(fleet.calls.filter((call) => call.at === at)).toHaveLength(1);
    expect(codes(outcomes)).toEqual(new Set(['software_statement_rejected']));
    for (const { afterMs, retryAfterMs = 0 } of outcomes) {
      // They waited until it was certain, and are told when a retry can help.
      expect(afterMs).toBeGreaterThan(2_000);
      expect(afterMs).toBeLessThan(5_000);
      expect(retryAfterMs).toBeGreaterThan(13_000);
      expect(retryAfterMs).toBeLessThanOrEqual(15_000);
    }
    const { ready, findings } = await fleet.settled(servers[0].pass.readiness());
    expect(ready).toBe(true);
    expect(findings).toMatchObject([{ level: 'error', code: 'software_statement_rejected' }]);
  });

  it('serves everybody within 15 seconds once it is taken again', async () => {
    const fleet = new Fleet();
    const servers = await busy(fleet, 5);
    fleet.judge = () => 'rejected';
    await visit(fleet, servers, 60);
    fleet.judge = () => 'accepted';
    const recoveredAt = fleet.time.now();
    await visit(fleet, servers, 30);
    await fleet.time.run(5_000);
    const late = fleet.outcomes.filter(({ askedAt }) => askedAt >= recoveredAt + 16_000);
    expect(late.length).toBeGreaterThan(60);
    expect(codes(late)).toEqual(new Set(['served']));
  });

  it('is replaced by a corrected one within a second', async () => {
    const fleet = new Fleet();
    let statement = statementNumber(1);
    const server = fleet.start({ softwareStatement: () => statement });
    await fleet.settled(server.newcomer());
    fleet.judge = (call) => (call.statement === statementNumber(1) ? 'rejected' : 'accepted');
    expect(await fleet.settled(server.newcomer())).toMatchObject({ code: 'software_statement_rejected' });
    statement = statementNumber(2);
    await fleet.time.run(1_000);
    const outcome = await fleet.settled(server.newcomer());
    expect(outcome).toMatchObject({ code: 'served' });
    expect(outcome.afterMs).toBeLessThan(500);
    expect((await fleet.settled(server.pass.readiness())).findings).toEqual([]);
  });

  it('is tried by another server when the one that tries it dies', async () => {
    const fleet = new Fleet();
    const servers = await busy(fleet);
    fleet.judge = () => 'rejected';
    const from = fleet.time.now();
    for (const server of servers) void server.newcomer();
    while (fleet.callsSince(from).length < 3) await fleet.time.run(10);
    const [probe] = fleet.calls.slice(-1);
    const diedAt = fleet.time.now();
    servers[probe?.process ?? 0]?.die();
    await fleet.time.run(6_000);
    const [next, ...more] = fleet.callsSince(diedAt);
    expect(next?.process).not.toBe(probe?.process);
    expect(next?.at).toBeGreaterThan((probe?.at ?? 0) + 4_000);
    expect(more.every(({ process }) => process === next?.process)).toBe(true);
  });

  it('is tried again a second after a call that brought no word on it, by one device', async () => {
    const fleet = new Fleet();
    const [one] = await busy(fleet);
    fleet.judge = ({ at }) => (at < from + 500 ? 'rejected' : 'failing');
    const from = fleet.time.now();
    const asked = times(4, async () => await one.newcomer());
    await fleet.time.run(4_000);
    const probes = fleet.callsSince(from + 500).map(({ at }) => at);
    expect(probes).toHaveLength(3);
    for (const gap of gaps(probes)) expect(gap).toBeGreaterThanOrEqual(1_000);
    fleet.judge = () => 'accepted';
    expect(codes(await fleet.settled(Promise.all(asked)))).toEqual(new Set(['served']));
  });

  it('lets callers come again after their deadline, where Adobe Pass does not say what it thinks', async () => {
    const fleet = new Fleet();
    const [one] = await busy(fleet);
    const from = fleet.time.now();
    fleet.judge = ({ at }) => (at < from + 500 ? 'rejected' : 'silent');
    const asked = times(20, async () => await one.newcomer());
    await fleet.time.run(16_000);
    await Promise.all(asked);
    const retryable = ['deadline_exceeded', 'software_statement_doubted', 'upstream_unavailable'];
    for (const { code, retryAfterMs } of fleet.outcomes) {
      expect(retryable).toContain(code);
      expect(retryAfterMs).toBeGreaterThanOrEqual(1_000);
    }
    expect(fleet.callsSince(from + 500).length).toBeLessThanOrEqual(4);
  });
});

describe('a software statement that never worked', () => {
  it('is believed to be rejected at once, and presented again after 15 seconds by one server', async () => {
    const fleet = new Fleet();
    fleet.judge = () => 'rejected';
    const [one, other] = [fleet.start(), fleet.start()];
    const first = await fleet.settled(Promise.all(times(50, async () => await one.newcomer())));
    expect(fleet.calls).toHaveLength(1);
    for (const { code, retryAfterMs = 0 } of first) {
      expect(code).toBe('software_statement_rejected');
      expect(retryAfterMs).toBeGreaterThan(14_000);
    }
    expect(await fleet.settled(other.newcomer())).toMatchObject({ code: 'software_statement_rejected' });
    expect(fleet.calls).toHaveLength(1);
    await visit(fleet, [one, other], 60);
    const instants = fleet.calls.map(({ at }) => at);
    expect(instants).toHaveLength(4);
    for (const gap of gaps(instants)) expect(gap).toBeGreaterThanOrEqual(15_000);
  });
});

describe('pass.retryStatement', () => {
  it('has the next new device try at once, on the other servers too', async () => {
    const fleet = new Fleet();
    const servers = await busy(fleet);
    fleet.judge = () => 'rejected';
    await visit(fleet, servers, 8);
    fleet.judge = () => 'accepted';
    const [one, other] = servers;
    expect(await fleet.settled(other.newcomer())).toMatchObject({ code: 'software_statement_rejected' });
    using recording = recordEvents();
    await fleet.settled(one.pass.retryStatement());
    expect(recording.of('statementRetried')).toEqual([{ type: 'statementRetried' }]);
    await fleet.time.run(500);
    expect(await fleet.settled(other.newcomer())).toMatchObject({ code: 'served' });
    expect(await fleet.settled(one.newcomer())).toMatchObject({ code: 'served' });
  });

  it('says so where the other servers could not be told, and has tried here', async () => {
    const fleet = new Fleet();
    const [one] = await busy(fleet);
    fleet.judge = () => 'rejected';
    await fleet.settled(one.newcomer());
    fleet.judge = () => 'accepted';
    one.cacheIsDown = true;
    const failed = one.pass.retryStatement().catch((error: unknown) => error);
    expect(await fleet.settled(failed)).toMatchObject({ code: 'cache_unavailable' });
    one.cacheIsDown = false;
    expect(await fleet.settled(one.newcomer())).toMatchObject({ code: 'served' });
  });

  it('changes nothing where the statement is taken', async () => {
    const fleet = new Fleet();
    const [one] = await busy(fleet);
    await fleet.settled(one.pass.retryStatement());
    const outcome = await fleet.settled(one.newcomer());
    expect(outcome).toMatchObject({ code: 'served' });
    expect(outcome.afterMs).toBeLessThan(500);
  });
});

describe('what is known of a software statement', () => {
  it('is written once by a fleet that registers, and asked for beside what a registration asks anyway', async () => {
    const fleet = new Fleet();
    const servers = fleet.startMany(3);
    for (const server of servers) await fleet.settled(server.newcomer());
    await fleet.time.run(2_000);
    const [one] = servers;
    const first = await fleet.settled(one.newcomer());
    const again = await fleet.settled(one.newcomer());
    // With the look that is due and without it.
    expect(first.afterMs).toBe(again.afterMs);
    expect(fleet.statementSwaps).toBe(1);
    const before = fleet.cacheCalls;
    await fleet.settled(Promise.all(times(100, async () => await one.newcomer())));
    const each = (fleet.cacheCalls - before) / 100;
    expect(each).toBeLessThan(9.5);
  });

  it('ends with its time, though a clock is set back or is wrong', async () => {
    const fleet = new Fleet();
    const [one] = await busy(fleet);
    const [behind, ahead] = [fleet.start({}, -300_000), fleet.start({}, 300_000)];
    for (const server of [behind, ahead]) await fleet.settled(server.newcomer());
    fleet.judge = () => 'rejected';
    const servers = [one, behind, ahead];
    await visit(fleet, servers, 8);
    for (const { clock } of servers) clock.aheadMs -= 3_600_000;
    fleet.judge = () => 'accepted';
    const setAt = fleet.time.now();
    await visit(fleet, servers, 25);
    await fleet.time.run(5_000);
    const late = fleet.outcomes.filter(({ askedAt }) => askedAt >= setAt + 16_000);
    expect(codes(late)).toEqual(new Set(['served']));
  });

  it('is not what one server says whose way leads elsewhere, while others register', async () => {
    const fleet = new Fleet();
    const servers = await busy(fleet, 4);
    fleet.judge = ({ process }) => (process === 0 ? 'rejected' : 'accepted');
    const [lost, ...others] = servers;
    const from = fleet.time.now();
    for (let second = 0; second < 60; second += 1) {
      void lost.newcomer();
      for (let part = 0; part < 4; part += 1) {
        for (const server of others) void server.newcomer();
        await fleet.time.run(250);
      }
    }
    await fleet.time.run(5_000);
    const turnedAway = fleet.outcomes.filter(({ code }) => code !== 'served');
    // Those of the one server at most.
    expect(turnedAway.length).toBeLessThanOrEqual(60);
    expect(fleet.callsSince(from).filter(({ process }) => process !== 0).length).toBe(3 * 4 * 60);
  });
});
