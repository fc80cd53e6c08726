import { minuteMs } from '../aging.js';
import { Fleet } from '../Fleet.js';
import type { Changes } from '../FleetProcess.js';
import { hourMs, type ModelClient } from '../ModelAdobe.js';
import { atMost, exactly, verdictOf, type Situation, type Verdict } from '../Situation.js';

const torn = 7;
const lifeMs = hourMs;
/** Each process has renewed its token several times by then. */
const lengthMs = 5 * hourMs;

/** Which of the two has the sign-in: the one that was lost, or the one that was registered then. */
type SignedIn = 'lost' | 'registered';

async function live(signedIn: SignedIn, isSeen: boolean, changes: Changes): Promise<Verdict> {
  const fleet = new Fleet({ processes: 2, devices: 20, changes });
  const { time, adobe, store, ledger } = fleet;
  adobe.lifeMs = () => lifeMs;
  await fleet.register(fleet.devices, minuteMs);
  const knows = fleet.processOf(torn);
  const other = 1 - knows;
  const lost = counting(fleet);
  if (signedIn === 'lost') await signIn(fleet, lost, knows, isSeen);
  await time.run(minuteMs);

  await store.lose(torn);
  void fleet.ask(torn, other);
  await time.run(2_000);
  const registered = counting(fleet);
  const startedAt = time.now();
  if (signedIn === 'registered') await signIn(fleet, registered, other, isSeen);

  const last = [lost.id, lost.id];
  for (const process of [knows, other]) {
    const turn = async (): Promise<void> => {
      last[process] = (await fleet.ask(torn, process)).clientId ?? 'none';
      time.setTimer(() => void turn(), 3 * minuteMs);
    };
    void turn();
  }
  await time.run(lengthMs);
  const wanted = signedIn === 'lost' ? lost : registered;
  const since = ledger.since(startedAt);
  return verdictOf([
    exactly(new Set([lost.id, registered.id]).size, 2, 'pairs'),
    exactly(last.filter((clientId) => clientId === wanted.id).length, 2, 'processes use the signed-in one'),
    atMost(since.changes.length, 1, 'changes of pair'),
    atMost(since.count('register'), 0, 'further registrations'),
  ]);
}

function counting({ adobe, store }: Fleet): ModelClient {
  const client = adobe.clients.get(store.clients.get(torn) ?? '');
  if (client === undefined) throw new Error(`device ${torn} has not been registered`);
  return client;
}

/** `isSeen`: an answer of Adobe Pass shows it. */
async function signIn(fleet: Fleet, client: ModelClient, process: number, isSeen: boolean): Promise<void> {
  client.signedIn = isSeen;
  void fleet.client(torn, process).profiles.all();
  await fleet.time.run(5_000);
}

export const twoPairs: Situation = {
  name: 'two-pairs',
  situation: 'two processes hold different pairs after a loss, one with a sign-in',
  mustBe: 'the signed-in one everywhere, 0 ping-pong',
  hours: [
    { form: 'the lost one has it', run: (changes) => live('lost', true, changes) },
    { form: 'the one registered then has it', run: (changes) => live('registered', true, changes) },
  ],
  controls: [{ off: 'nobody sees the sign-in', run: () => live('registered', false, {}) }],
};
