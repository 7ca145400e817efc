/** `npm run bench [-- --engine embedded|distributed] [--rows N]`: rows/s, processor time and memory, beside what a user would write instead. */
import { parseArgs } from 'node:util';
import { benchDistributed } from './distributed-bench.ts';
import { benchEmbedded } from './embedded-bench.ts';

const { values } = parseArgs({ options: { engine: { type: 'string', default: 'embedded' }, rows: { type: 'string' } } });
switch (values.engine) {
  case 'embedded':
    await benchEmbedded(Number(values.rows ?? 500_000));
    break;
  case 'distributed':
    await benchDistributed(Number(values.rows ?? 200_000));
    break;
  default:
    throw new Error(`There is no engine '${values.engine}': it is embedded or distributed`);
}
