// Many servers, one Redis, and everything that can go wrong. README.md says what each scenario asserts.
import { randomInt } from 'node:crypto';
import { findRedisServer, redisMissing } from '@pass-dcr/redis-kit';
import { parseCommand, usage } from './options.js';
import { listing } from './report/listing.js';
import { runScenarios } from './runScenarios.js';
import { scenarios } from './scenarios/index.js';

const command = parseCommand(process.argv.slice(2), scenarios, randomInt(1, 1_000_000));
switch (command.kind) {
  case 'help':
    console.log(usage);
    break;
  case 'list':
    console.log(listing(scenarios));
    break;
  case 'wrong':
    console.error(`${command.message}\n\n${usage}`);
    process.exitCode = 2;
    break;
  case 'run':
    if (findRedisServer() === undefined) {
      console.error(`The fleet ${redisMissing}.`);
      process.exitCode = 2;
      break;
    }
    process.exitCode = (await runScenarios(command.options)) ? 0 : 1;
}
