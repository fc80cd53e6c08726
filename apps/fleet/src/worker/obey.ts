import { setTimeout as delay } from 'node:timers/promises';
import { isPassError, type Pass } from '@pass-dcr/core';
import { deviceOf } from './devices.js';
import type { Mishaps } from './Mishaps.js';
import type { Authenticated, Order, OrderName, Orders, Report } from './orders.js';

export interface Subject {
  readonly pass: Pass;
  readonly name: string;
  readonly mishaps: Mishaps;
  readonly clientIsReadyAt: () => number;
}

/** Carries out what the harness asks of this process beside HTTP. */
export function obey(subject: Subject, report: (message: Report) => void): void {
  process.on('message', (message) => {
    const { id, name, takes } = message as Order;
    carryOut(subject, name, takes).then(
      (gives) => report({ kind: 'done', id, gives }),
      (error: unknown) =>
        report({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) }),
    );
  });
}

async function carryOut(
  subject: Subject,
  name: OrderName,
  takes: Orders[OrderName]['takes'],
): Promise<unknown> {
  const { pass, mishaps } = subject;
  switch (name) {
    case 'arm':
      mishaps.arm(takes as Orders['arm']['takes']);
      return null;
    case 'heap':
      return heapAfterCollection();
    case 'readyAt':
      return subject.clientIsReadyAt();
    case 'readiness':
      return await pass.readiness();
    case 'authenticate':
      return await authenticate(subject, takes as Orders['authenticate']['takes']);
    case 'reseal':
      return await pass.reseal(takes as Orders['reseal']['takes']);
  }
}

function heapAfterCollection(): number {
  // Twice: the first collection lets finalizers run, which let go of more.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** As a client does that is told to come back: so many times, and not at once. */
const mostRetries = 20;
const retryMs = 250;

async function authenticate(
  { pass, name }: Subject,
  { from, count, atOnce }: Orders['authenticate']['takes'],
): Promise<Authenticated> {
  const failures: Record<string, number> = {};
  let next = from;
  let retries = 0;
  const one = async (device: number): Promise<void> => {
    for (let left = mostRetries; ; left -= 1) {
      try {
        await pass.authenticate(deviceOf(device, name));
        return;
      } catch (error) {
        const code = isPassError(error) ? error.code : String(error);
        if (code !== 'cache_unavailable' || left === 0) {
          failures[code] = (failures[code] ?? 0) + 1;
          return;
        }
        retries += 1;
        await delay(retryMs);
      }
    }
  };
  const lane = async (): Promise<void> => {
    for (let device = next++; device < from + count; device = next++) await one(device);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { failures, retries };
}
