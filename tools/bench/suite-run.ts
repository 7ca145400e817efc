/**
 * One measured run of the suite in a process of its own: starts it on a data folder, uploads a file over gRPC and follows the job to its end.
 * Prints a Measurement as JSON. Arguments: data folder, USERS or USER_DELETIONS, file.
 */
import { startAllInOne } from '@advocate/all-in-one';
import { runJob } from './bulk-client.ts';
import { measure } from './measurement.ts';

const [dataDir = '', type = '', file = ''] = process.argv.slice(2);
const suite = await startAllInOne({ dataDir, logLevel: 'error', maxFileBytes: 2 ** 31 });
await measure(() => runJob(suite.grpcPort, type, file));
await suite[Symbol.asyncDispose]();
