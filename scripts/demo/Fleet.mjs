import { atEnd, stop } from './programs.mjs';
import { RoundRobinProxy } from './RoundRobinProxy.mjs';
import { startService } from './service.mjs';

/** @typedef {import('./readArguments.mjs').Framework} Framework */
/** @typedef {import('./service.mjs').Service} Service */

/** Several servers with the same environment, behind one address. */
export class Fleet {
  #proxy = new RoundRobinProxy();
  /** @type {(Service | undefined)[]} */
  #services = [];
  #frameworks;
  #env;
  #show;

  /**
   * @param {readonly Framework[]} frameworks of each server
   * @param {Record<string, string>} env
   * @param {(server: number, line: string) => void} [show]
   */
  constructor(frameworks, env, show = () => {}) {
    this.#frameworks = frameworks;
    this.#env = env;
    this.#show = show;
  }

  get url() {
    return this.#proxy.url;
  }

  get size() {
    return this.#frameworks.length;
  }

  /** Those that run. */
  get services() {
    return this.#services.filter((service) => service !== undefined);
  }

  async start() {
    await this.#proxy.listen();
    atEnd(async () => await this.#proxy.close());
    await this.startMissing();
  }

  /** Starts each server that does not run. */
  async startMissing() {
    this.#services = await Promise.all(
      this.#frameworks.map(
        async (framework, index) =>
          this.#services[index] ??
          (await startService(framework, this.#env, (line) => this.#show(index, line))),
      ),
    );
    this.#proxy.setTargets(this.services);
  }

  /** Ends all in good order and starts them again. */
  async restart() {
    const codes = await Promise.all(this.services.map(stop));
    this.#services = [];
    const wrong = codes.find((code) => code !== 0);
    if (wrong !== undefined) throw new Error(`a service ended with code ${wrong}`);
    await this.startMissing();
  }

  /** SIGKILL to the server that has a request to answer. */
  async killBusy() {
    const index = this.#services.findIndex((service) => service && this.#proxy.runningOn(service) > 0);
    const service = this.#services[index];
    if (service === undefined) throw new Error('no server has a request to answer');
    service.child.kill('SIGKILL');
    await service.exited;
    this.#services[index] = undefined;
  }

  /** Resolves with the number of a server that has ended by itself, which no longer counts as one that runs. */
  async anyEnd() {
    const running = this.#services.flatMap((service, index) => (service ? [{ service, index }] : []));
    const ended = await Promise.race(
      running.map(async (each) => {
        await each.service.exited;
        return each;
      }),
    );
    this.#services[ended.index] = undefined;
    return ended.index;
  }
}
