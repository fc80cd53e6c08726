import { describe, expect, it } from 'vitest';
import { Semaphore } from '../../src/http/Semaphore.js';

describe('Semaphore', () => {
  it('starts at once while there are places, and later in the order of arrival', async () => {
    const places = new Semaphore(2);
    const started: string[] = [];
    const enter = (name: string): (() => void) => places.enter(() => void started.push(name));
    const leaves = ['a', 'b', 'c', 'd'].map(enter);
    expect(started).toEqual(['a', 'b']);
    leaves[1]?.();
    await Promise.resolve();
    expect(started).toEqual(['a', 'b', 'c']);
    leaves[0]?.();
    await Promise.resolve();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('passes over those who gave up waiting', async () => {
    const places = new Semaphore(1);
    const started: string[] = [];
    const enter = (name: string): (() => void) => places.enter(() => void started.push(name));
    const leaveA = enter('a');
    const leaveB = enter('b');
    enter('c');
    leaveB();
    leaveA();
    await Promise.resolve();
    expect(started).toEqual(['a', 'c']);
  });

  it('does not count a place twice that is left twice', () => {
    const places = new Semaphore(1);
    const started: string[] = [];
    const leave = places.enter(() => void started.push('a'));
    leave();
    leave();
    places.enter(() => void started.push('b'));
    places.enter(() => void started.push('c'));
    expect(started).toEqual(['a', 'b']);
  });

  it('lets a long line through of which each ends at once', async () => {
    const places = new Semaphore(1);
    const last = places.enter(() => {});
    let started = 0;
    for (let index = 0; index < 50_000; index += 1) {
      const leave = places.enter(() => {
        started += 1;
        leave();
      });
    }
    last();
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toBe(50_000);
  });
});
