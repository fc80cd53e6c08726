import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atLeast, atMost, number, ratio, type Section } from './report.js';
import { median, shuffled } from './stopwatch.js';

/** The second does what the first does: how far it is from 1 is what the run cannot tell apart. */
const arms = [
  { name: 'undici Pool.request, JSON.parse', arm: 'undici' },
  { name: 'the same again (A/A)', arm: 'undici' },
  { name: 'client.request', arm: 'pass' },
  { name: 'fetch, response.json()', arm: 'fetch' },
] as const;

/**
 * What a call to Adobe Pass costs in processor time of the calling process, over http and over TLS. `rounds` processes of
 * each way, in turn; each makes so many calls untimed first.
 */
export async function upstreamCalls(rounds: number): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-bench-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const request = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', [...request, ...subject], { stdio: 'ignore' });
    const http = await measured('http', [], rounds, {});
    const tls = await measured('https', [key, cert], rounds, { NODE_EXTRA_CA_CERTS: cert });
    return {
      title: 'Calls to Adobe Pass: processor time',
      columns: ['a call', 'http, µs', 'to the first', 'TLS, µs', 'to the first'],
      rows: arms.map(({ name }, index) => [name, ...cells(http[index]), ...cells(tls[index])]),
      checks: [...checksOf('http', http), ...checksOf('TLS', tls)],
      notes: [`${rounds} processes of each way.`],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Found {
  readonly us: number;
  /** To the first arm: median of the quotients within the rounds. */
  readonly ratio: number;
}

const callsOfProcess = 4_000;

async function measured(
  scheme: 'http' | 'https',
  files: readonly string[],
  rounds: number,
  env: NodeJS.ProcessEnv,
): Promise<readonly Found[]> {
  const server = started('upstreamServer.js', files, {});
  const [port] = (await once(server, 'message')) as [number];
  const found = arms.map((): number[] => []);
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const index of shuffled(arms.length, round + 1)) {
        const origin = `${scheme}://127.0.0.1:${port}`;
        const child = started(
          'upstreamArm.js',
          [arms[index]?.arm ?? '', origin, String(callsOfProcess)],
          env,
        );
        const [us] = (await Promise.race([
          once(child, 'message'),
          once(child, 'exit').then(([code]) => Promise.reject(new Error(`an arm ended with code ${code}`))),
        ])) as [number];
        found[index]?.push(us);
      }
    }
  } finally {
    server.disconnect();
  }
  const [first = []] = found;
  return found.map((mine) => ({
    us: median(mine),
    ratio: median(mine.map((us, round) => us / (first[round] ?? Number.NaN))),
  }));
}

function started(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return fork(fileURLToPath(new URL(program, import.meta.url)), args, {
    execArgv: [],
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
  });
}

function cells(found: Found | undefined): readonly string[] {
  return found === undefined ? ['', ''] : [number(found.us), ratio(found.ratio)];
}

function checksOf(over: string, found: readonly Found[]): Section['checks'] {
  const [, , ours = none, fetched = none] = found;
  const less = fetched.us / ours.us;
  return [
    atMost(`client.request ≤ 1.10 × undici's Pool.request over ${over}`, ours.ratio, 1.1, ratio(ours.ratio)),
    atLeast(`client.request ≥ 3 × less than fetch over ${over}`, less, 3, ratio(less)),
  ];
}

const none: Found = { us: Number.NaN, ratio: Number.NaN };
