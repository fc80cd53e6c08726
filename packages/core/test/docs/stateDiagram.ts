import type { Event } from '../../src/registration/event.js';
import type { State } from '../../src/registration/state.js';
import { explore } from '../registration/explore.js';

type Kind = State['kind'];

/** The names of the diagrams are those of their regions in docs/request-path.md. */
export const diagramNames = ['a run', 'a replacement', 'the lease'] as const;

export type DiagramName = (typeof diagramNames)[number];

const replacing: ReadonlySet<Kind> = new Set<Kind>([
  'doubting',
  'weighing',
  'tryingEarlier',
  'admittingReplacement',
  'registeringReplacement',
  'provingReplacement',
  'retryingSuspect',
  'takingPlace',
  'storingReplacement',
]);

/** What the transition function does, as Mermaid state diagrams, each in its code fence. */
export function drawStateDiagrams(): Readonly<Record<DiagramName, string>> {
  const edges = new Map<string, Edge>();
  explore(({ from, event, to }) => {
    // A caller who comes while work is going on changes nothing that a diagram could show.
    const byCaller = event.type === 'tokenNeeded' || event.type === 'tokenRejected';
    if (byCaller && from.kind !== 'resting') return;
    // The detour by a longer lease has a diagram of its own: elsewhere the call itself is the next state.
    const next = to.kind === 'extendingLease' && from.kind !== 'extendingLease' ? to.next.kind : to.kind;
    if (byCaller && next === from.kind) return;
    const name = `${from.kind} --> ${next}`;
    const edge = edges.get(name) ?? { from: from.kind, to: next, labels: new Map<string, Set<string>>() };
    edges.set(name, edge);
    const [label, outcome] = labelOf(event);
    edge.labels.set(label, (edge.labels.get(label) ?? new Set()).add(outcome));
  });
  const all = [...edges.values()];
  return {
    'a run': draw(
      all.filter((edge) => diagramOf(edge) === 'a run'),
      '[*] --> resting',
    ),
    'a replacement': draw(all.filter((edge) => diagramOf(edge) === 'a replacement')),
    'the lease': draw(all.filter((edge) => diagramOf(edge) === 'the lease')),
  };
}

interface Edge {
  readonly from: Kind;
  readonly to: Kind;
  /** Event to what it brought. */
  readonly labels: Map<string, Set<string>>;
}

function diagramOf({ from, to }: Edge): DiagramName {
  if (from === 'extendingLease' || to === 'extendingLease') return 'the lease';
  return replacing.has(from) || replacing.has(to) ? 'a replacement' : 'a run';
}

/** The event, and of its outcomes those that usually decide. */
function labelOf(event: Event): readonly [string, string] {
  switch (event.type) {
    case 'leaseSwapped':
    case 'credentialsSwapped':
    case 'tokenSwapped':
      return [event.type, event.result.ok ? 'done' : 'conflict'];
    case 'recordsRead':
      return [event.type, event.credentials.kind];
    case 'tokenFailed':
      return [event.type, event.failure.code === 'client_credentials_rejected' ? 'invalid_client' : 'other'];
    case 'waited':
      return [event.type, event.wanted ? 'wanted' : 'unwanted'];
    default:
      return [event.type, ''];
  }
}

/** In the order of the walk, which begins at rest: Mermaid lays out what it meets first on top. */
function draw(edges: readonly Edge[], ...first: readonly string[]): string {
  const lines = edges.map(
    ({ from, to, labels }) => `${from} --> ${to}: ${[...labels].map(textOf).toSorted().join(', ')}`,
  );
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...[...first, ...lines].map((line) => `  ${line}`),
    '```',
    '',
  ].join('\n');
}

/** An event whose every outcome leads the same way needs none of them named. */
function textOf([event, outcomes]: readonly [string, ReadonlySet<string>]): string {
  const named = [...outcomes].filter((outcome) => outcome !== '').toSorted();
  const every = outcomesOf[event]?.every((outcome) => outcomes.has(outcome)) ?? true;
  return every ? event : `${event} (${named.join(' or ')})`;
}

const outcomesOf: Readonly<Record<string, readonly string[]>> = {
  leaseSwapped: ['done', 'conflict'],
  credentialsSwapped: ['done', 'conflict'],
  tokenSwapped: ['done', 'conflict'],
  recordsRead: ['absent', 'stored', 'unreadable'],
  tokenFailed: ['invalid_client', 'other'],
  waited: ['wanted', 'unwanted'],
};
