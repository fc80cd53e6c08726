import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandConnection } from './CommandConnection.js';
import { host } from './freePort.js';
import { parseInfo } from './parseInfo.js';
import { poll } from './poll.js';
import { ServerProcess } from './ServerProcess.js';

const startLimitMs = 20_000;
const configFile = 'redis.conf';

export interface ServerPlan {
  readonly program: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly dir: string;
  readonly isTemporary: boolean;
  /** Written when the folder has none of this server yet: Sentinel and CONFIG REWRITE change it. */
  readonly configText: string;
}

interface Running {
  readonly process: ServerProcess;
  readonly connection: CommandConnection;
}

/** A server of this process: it ends with it. */
export class RedisServer {
  readonly host: string = host;
  readonly port: number;
  /** Without a user: the one that is called `default`. */
  readonly url: string;
  readonly dir: string;
  readonly #plan: ServerPlan;
  #running: Running | undefined;
  #lastProcess: ServerProcess | undefined;
  #isConfigWritten = false;

  /** @internal */
  constructor(plan: ServerPlan) {
    this.#plan = plan;
    this.port = plan.port;
    this.url = `redis://${host}:${plan.port}`;
    this.dir = plan.dir;
  }

  /** Another one after each start. @throws Error while it does not run */
  get pid(): number {
    return this.#run().process.pid;
  }

  /** Whether it was started and neither stopped nor killed by this object; a paused one runs. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** What it logged last. */
  get log(): string {
    return this.#lastProcess?.output ?? '';
  }

  /**
   * Sends a command as a user of the kit, who may do everything, whatever ACL the server has been given.
   * @throws Error what the server answers; where it does not run; after 10 s without an answer
   */
  async command(command: string, ...args: readonly (string | number)[]): Promise<unknown> {
    return await this.#run().connection.send(command, ...args);
  }

  /** The fields of `INFO`, or of one section of it. */
  async info(section?: string): Promise<Readonly<Record<string, string>>> {
    return parseInfo(await this.command('INFO', ...(section === undefined ? [] : [section])));
  }

  /**
   * Ends it in good order and removes its folder, unless that was given: restarted, it is then as good as new. Whoever
   * wants it to find its data uses `restart()` alone or after `kill()`, or gives a `dir`.
   */
  async stop(): Promise<void> {
    await this.#end((process) => process.end());
    if (!this.#plan.isTemporary) return;
    rmSync(this.dir, { recursive: true, force: true });
    this.#isConfigWritten = false;
  }

  /** SIGKILL. What it had not written is lost. */
  async kill(): Promise<void> {
    await this.#end((process) => process.kill());
  }

  /** SIGSTOP: its connections stay and new ones are still accepted by the kernel, but nothing is answered. */
  async pause(): Promise<void> {
    await this.#run().process.pause();
  }

  /** SIGCONT. */
  async resume(): Promise<void> {
    this.#run().process.resume();
    await this.command('PING');
  }

  /** Starts it again, with its port, folder and configuration; ends it in good order before, where it runs. */
  async restart(): Promise<void> {
    await this.#end((process) => process.end());
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** @internal @throws Error with what the server printed, where it ends before it answers */
  async start(): Promise<void> {
    const { program, args, isTemporary, configText } = this.#plan;
    mkdirSync(this.dir, { recursive: true });
    const config = join(this.dir, configFile);
    if (!this.#isConfigWritten) writeFileSync(config, configText, { mode: 0o600 });
    this.#isConfigWritten = true;
    const process = new ServerProcess({
      program,
      args: [config, ...args],
      temporaryFolder: isTemporary ? this.dir : undefined,
    });
    const connection = new CommandConnection(this.host, this.port);
    this.#running = { process, connection };
    this.#lastProcess = process;
    try {
      await Promise.race([this.#answers(process), endedEarly(process, program)]);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** It is this one that answers, not another at the same port. */
  async #answers(process: ServerProcess): Promise<void> {
    const isThisOne = async (): Promise<true | undefined> => {
      const { process_id: pid } = await this.info('server').catch(() => parseInfo(''));
      return pid === String(process.pid) ? true : undefined;
    };
    await poll(isThisOne, {
      limitMs: startLimitMs,
      describe: () => `The server at port ${this.port} did not answer:\n${process.output}`,
    });
  }

  #run(): Running {
    if (this.#running === undefined)
      throw new Error(`The server at port ${this.port} does not run: restart() starts it.`);
    return this.#running;
  }

  async #end(how: (process: ServerProcess) => Promise<void>): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.connection.close();
    if (running !== undefined) await how(running.process);
  }
}

async function endedEarly(process: ServerProcess, program: string): Promise<never> {
  await process.ended();
  throw new Error(`${program} ended before it answered:\n${process.output}`);
}
