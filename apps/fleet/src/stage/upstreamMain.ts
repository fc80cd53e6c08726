// Adobe Pass, in a process of its own.
import { createSimulator, type SimulatorOptions } from '@pass-dcr/simulator';

const options = JSON.parse(process.argv[2] ?? '{}') as SimulatorOptions;
const simulator = await createSimulator(options);
process.once('disconnect', () => process.exit());
process.send?.({ url: simulator.url });
