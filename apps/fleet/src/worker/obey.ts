import type { Pass } from '@pass-dcr/core';
import { deviceOf } from './devices.js';
import type { Mishaps } from './Mishaps.js';
import type { Order, OrderName, Orders, Report } from './orders.js';

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

async function authenticate(
  { pass, name }: Subject,
  { from, count, atOnce }: Orders['authenticate']['takes'],
): Promise<number> {
  let next = from;
  let failed = 0;
  const lane = async (): Promise<void> => {
    for (let device = next++; device < from + count; device = next++) {
      try {
        await pass.authenticate(deviceOf(device, name));
      } catch {
        failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return failed;
}
