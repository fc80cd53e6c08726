/** @typedef {import('./simulator.mjs').LedgerEntry} LedgerEntry */
/** @typedef {(line: string) => void} Print */
/** @typedef {Record<string, number>} Counts how many requests of each endpoint */
/** @typedef {{ name: string, play: () => Promise<Counts> }} Act which answers what should have reached Adobe Pass */

/**
 * Plays them one after the other, and counts what reaches Adobe Pass meanwhile.
 * @param {readonly Act[]} acts
 * @param {(since: number) => Promise<import('./simulator.mjs').Ledger>} ledger
 * @param {Print} print
 * @returns {Promise<{ wrong: number, entries: LedgerEntry[][] }>} how many counts are wrong; each act's requests
 */
export async function playActs(acts, ledger, print) {
  let wrong = 0;
  const all = [];
  let { mark: since } = await ledger(0);
  for (const [index, { name, play }] of acts.entries()) {
    print(`\nAct ${index + 1}: ${name}`);
    const expected = await play();
    const { mark, entries } = await ledger(since);
    since = mark;
    showLedger(entries, print);
    wrong += report(entries, expected, print);
    all.push(entries);
  }
  return { wrong, entries: all };
}

const shownEntries = 6;

/** What the simulator saw, request by request. @param {LedgerEntry[]} entries @param {Print} print */
function showLedger(entries, print) {
  if (entries.length === 0) return;
  print('    # endpoint        status  client id                             address');
  for (const { sequence, endpoint, status, clientId = '', forwardedFor = '' } of entries.slice(
    0,
    shownEntries,
  ))
    print(
      `${String(sequence).padStart(5)} ${endpoint.padEnd(15)} ${String(status).padStart(6)}  ${clientId.padEnd(36)}  ${forwardedFor}`,
    );
  if (entries.length > shownEntries) print(`      … and ${entries.length - shownEntries} more`);
}

/** @param {LedgerEntry[]} entries @param {Counts} expected @param {Print} print @returns {number} how many counts are wrong */
function report(entries, expected, print) {
  /** @type {(...cells: (string | number)[]) => void} */
  const row = (first = '', ...rest) =>
    print(`  ${String(first).padEnd(17)}${rest.map((cell) => String(cell).padStart(9)).join('')}`);
  row('endpoint', 'requests', 'expected');
  const endpoints = new Set([...Object.keys(expected), ...entries.map(({ endpoint }) => endpoint)]);
  let wrong = 0;
  for (const endpoint of endpoints) {
    const count = entries.filter((entry) => entry.endpoint === endpoint).length;
    const wanted = expected[endpoint] ?? 0;
    row(endpoint, count, wanted, ...(count === wanted ? [] : ['wrong']));
    if (count !== wanted) wrong += 1;
  }
  return wrong;
}

/** @param {number} wrong @param {Print} print */
export function conclude(wrong, print) {
  print(wrong === 0 ? '\nAll counts are as they should be.' : `\n${wrong} counts are wrong.`);
  return wrong === 0;
}
