/** A suite in a process of its own, for tests that kill it. Its only argument is a JSON object of options; it prints its port once it serves. */
import type { AllInOneOptions } from '../start-all-in-one.ts';
import { startAllInOne } from '../start-all-in-one.ts';

const { now, ...options } = JSON.parse(process.argv[2] ?? '') as Omit<AllInOneOptions, 'now'> & { readonly now: number };
const suite = await startAllInOne({ ...options, now: () => now });
process.stdout.write(`${suite.grpcPort}\n`);
