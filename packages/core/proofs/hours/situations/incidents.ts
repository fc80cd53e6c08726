import { type Tokens } from '../aging.js';
import { incident, type Incident, type IncidentOptions } from '../incident.js';
import type { Changes } from '../FleetProcess.js';
import { sizes } from '../sizes.js';
import { rareProbes, unbridled } from '../switchedOff.js';
import {
  atMost,
  beside,
  verdictOf,
  within,
  type Counted,
  type Hour,
  type Scale,
  type Situation,
  type Verdict,
} from '../Situation.js';

/** Places for pairs that may be changed within five minutes. */
const places = 5;
const backWithinMs = 10_000;

type Case = Pick<IncidentOptions, 'processes' | 'devices' | 'refuses' | 'isHealthy' | 'newcomers'>;
type Length = Pick<IncidentOptions, 'minutes' | 'tokens'>;

const forms: readonly (Length & { readonly isLong: boolean })[] = [
  { minutes: 5, tokens: 'third', isLong: false },
  { minutes: 5, tokens: 'none', isLong: false },
  { minutes: 60, tokens: 'third', isLong: true },
  { minutes: 60, tokens: 'none', isLong: true },
];

const said: Readonly<Record<Tokens, string>> = {
  third: 'a third of the tokens ends',
  none: 'no usable token',
  all: 'all tokens good',
};

type Judge = (form: Case & Length, changes: Changes) => Promise<Verdict>;

function hoursOf(one: Case, judge: Judge): readonly Hour[] {
  return forms.map(({ minutes, tokens, isLong }) => ({
    form: `${minutes} min, ${said[tokens]}`,
    isLong,
    run: (changes) => judge({ ...one, minutes, tokens }, changes),
  }));
}

function back({ backAfterMs, turnedAwayAtTheEnd }: Incident): Counted {
  if (turnedAwayAtTheEnd === 0) return beside('nobody had to come back');
  return within(backAfterMs, backWithinMs, `all ${turnedAwayAtTheEnd} back`);
}

const oldPairsRefused: Judge = async (form, changes) => {
  const lived = await incident({ ...form, changes });
  const { changedInFiveMinutes, healthyThatWaited, withOtherPairs, changed } = lived;
  return verdictOf([
    atMost(changedInFiveMinutes, places, 'replaced in five minutes'),
    atMost(healthyThatWaited, 0, 'healthy waited'),
    back(lived),
    atMost(withOtherPairs, changed, 'with other pairs'),
    beside(`${lived.turnedAway} told to ask later`),
  ]);
};

const fewChanged: Judge = async (form, changes) => {
  const lived = await incident({ ...form, changes });
  const { changed, healthyThatWaited } = lived;
  return verdictOf([
    atMost(changed, places, 'replaced'),
    atMost(healthyThatWaited, 0, 'healthy waited'),
    back(lived),
    beside(`${lived.turnedAway} told to ask later`),
  ]);
};

export function incidents(scale: Scale): readonly Situation[] {
  const { small, large } = sizes[scale];
  const all: Case = { ...large, refuses: () => true, newcomers: 20 };
  const half: Case = { ...large, refuses: (_, call) => call % 2 === 0 };
  const isTenth = (device: number): boolean => Math.floor(device / small.processes) % 10 === 3;
  const tenth: Case = {
    ...small,
    refuses: ({ device }) => device !== undefined && isTenth(device),
    isHealthy: (device) => !isTenth(device),
  };
  const off = 'no veto, no fuse, no witnesses';
  const brief: Length = { minutes: 5, tokens: 'none' };
  return [
    {
      name: 'old-pairs',
      situation: `${large.processes} processes, ${large.devices} devices: all old pairs refused, fresh ones work`,
      mustBe:
        '≤ 5 in any five minutes; no healthy device waits; back ≤ 10 s after the end, with the old pairs',
      hours: hoursOf(all, oldPairsRefused),
      controls: [
        { off, run: () => oldPairsRefused({ ...all, ...small, ...brief }, unbridled) },
        {
          off: 'the fleet probes every seven minutes',
          run: () => oldPairsRefused({ ...all, ...small, ...brief }, rareProbes),
        },
      ],
    },
    {
      name: 'every-second',
      situation: `${large.processes} processes, ${large.devices} devices: every second call refused`,
      mustBe: '≤ 5 replaced',
      hours: hoursOf(half, fewChanged),
      controls: [{ off, run: () => fewChanged({ ...half, ...small, ...brief }, unbridled) }],
    },
    {
      name: 'a-tenth',
      situation: `${small.processes} processes, ${small.devices} devices: a tenth of the pairs refused`,
      mustBe: '≤ 5 replaced; the others do not wait',
      hours: hoursOf(tenth, fewChanged),
      controls: [{ off, run: () => fewChanged({ ...tenth, ...brief }, unbridled) }],
    },
  ];
}
