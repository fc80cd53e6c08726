import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startRedis,
  startTcpProxy,
  type RedisOptions,
  type RedisServer,
  type TcpProxy,
} from '@pass-dcr/redis-kit';
import { Seeded } from '@pass-dcr/seeded';
import type { SimulatorOptions } from '@pass-dcr/simulator';
import { judge, type Figures, type Judgement } from '../checks/judge.js';
import type { Audit, Terms } from '../checks/History.js';
import type { FleetOptions } from '../options.js';
import { Claims } from '../report/Claims.js';
import { reportViolations } from '../report/reportViolations.js';
import type { HostAndPort, WorkerOptions } from '../worker/WorkerOptions.js';
import { Chronicle } from './Chronicle.js';
import { Driver } from './Driver.js';
import { collectHistory } from './collectHistory.js';
import { defaultWorker } from './defaultWorker.js';
import { defaultTerms } from './defaultTerms.js';
import { RedisWatch } from './RedisWatch.js';
import { Upstream } from './Upstream.js';
import { Worker } from './Worker.js';

type WorkerSettings = Partial<WorkerOptions> & Pick<WorkerOptions, 'redis'>;

/** Where a scenario plays: everything that it starts ends with it. */
export class Stage {
  readonly options: FleetOptions;
  readonly random: Seeded;
  readonly claims: Claims;
  readonly chronicle: Chronicle = new Chronicle();
  readonly driver: Driver = new Driver(this.chronicle);
  readonly folder: string = mkdtempSync(join(tmpdir(), 'pass-dcr-fleet-'));
  /** The secret of all workers that are not told another. */
  readonly secret: readonly string[] = [randomBytes(32).toString('base64url')];
  readonly workers: Worker[] = [];
  readonly #closers: (() => Promise<void> | void)[] = [];
  readonly #watches: RedisWatch[] = [];
  #upstream: Upstream | null = null;
  #statement = '';
  #figures: Figures | null = null;

  constructor(options: FleetOptions, print: (line: string) => void) {
    this.options = options;
    this.random = new Seeded(options.seed);
    this.claims = new Claims(print);
  }

  /** @throws Error before `startUpstream` */
  get upstream(): Upstream {
    if (this.#upstream === null) throw new Error('This scenario has no upstream yet.');
    return this.#upstream;
  }

  /** Of the last judgement. */
  get figures(): Figures | null {
    return this.#figures;
  }

  async startUpstream(options: SimulatorOptions = {}): Promise<Upstream> {
    const upstream = await Upstream.start(options);
    this.#upstream = upstream;
    this.defer(() => upstream.close());
    this.#statement = await upstream.simulator.issueSoftwareStatement({ application: 'tv' });
    return upstream;
  }

  async startRedis(options: RedisOptions = {}): Promise<RedisServer> {
    const server = await startRedis(options);
    this.defer(() => server.stop());
    return server;
  }

  async startProxy(target: HostAndPort): Promise<TcpProxy> {
    const proxy = await startTcpProxy({ host: target.host, port: target.port });
    this.defer(() => proxy.stop());
    return proxy;
  }

  /** From now on, every write of credentials on that server is known. */
  async watch({ host, port }: HostAndPort): Promise<RedisWatch> {
    const watch = await RedisWatch.start({ host, port });
    this.#watches.push(watch);
    this.defer(() => watch.stop());
    return watch;
  }

  async startWorker(name: string, settings: WorkerSettings): Promise<Worker> {
    const options: WorkerOptions = {
      ...defaultWorker,
      name,
      upstreamUrl: this.upstream.url,
      softwareStatement: this.#statement,
      secret: this.secret,
      logFile: join(this.folder, `${name}.log`),
      eventsFile: join(this.folder, `${name}.events`),
      ...settings,
    };
    const worker = await Worker.start(options, join(this.folder, `${name}.out`), this.chronicle);
    this.workers.push(worker);
    this.defer(async () => {
      if (worker.isAlive) await worker.kill();
    });
    return worker;
  }

  /** `w1`, `w2` … or with another beginning. */
  async startFleet(count: number, settings: WorkerSettings, prefix = 'w'): Promise<readonly Worker[]> {
    const names = Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
    return await Promise.all(names.map((name) => this.startWorker(name, settings)));
  }

  /** Compares the sources with one another. `asserts: false`: says what it finds, and leaves it to the scenario. */
  async judge(
    terms: Partial<Terms> & { readonly audits?: readonly Audit[]; readonly asserts?: boolean } = {},
  ): Promise<Judgement> {
    const { audits = [], asserts = true, ...others } = terms;
    const { chronicle, upstream, workers, folder, secret } = this;
    const watches = this.#watches;
    const history = await collectHistory({
      chronicle,
      upstream,
      workers,
      folder,
      secret,
      watches,
      audits,
    });
    if (this.options.keep) writeFileSync(join(folder, 'history.json'), JSON.stringify(history));
    const judgement = judge(history, {
      ...defaultTerms,
      writesAreComplete: watches.length > 0,
      ...others,
    });
    this.#figures = judgement.figures;
    if (asserts) reportViolations(this.claims, judgement.violations);
    const { collapses } = chronicle;
    if (collapses.length > 0) this.claims.claim('no process ended by itself', false, collapses.join('\n'));
    return judgement;
  }

  /** Carried out at the end, the last first. */
  defer(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    await this.driver.close();
    for (const close of this.#closers.toReversed()) await close();
    if (this.options.keep) this.claims.note('logs', this.folder);
    else rmSync(this.folder, { recursive: true, force: true });
  }
}
