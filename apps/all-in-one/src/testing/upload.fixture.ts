/** Begins an upload to the port in its first argument and never ends it, for tests that kill it. */
import { SuiteClient, parent } from './suite-client.ts';

const client = new SuiteClient(Number(process.argv[2]));
const call = client.jobs.uploadFile(() => process.exit(1));
call.write({ part: { $case: 'metadata', value: { parent, filename: 'half.csv', sizeBytes: 0 } } });
call.write({ part: { $case: 'data', value: Buffer.from('accountId,id\na,u\n') } });
