import { kafkaBrokers } from '@advocate/test-servers';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { publishJobEvents } from '../publish-job-events.fixture.ts';

const brokers = kafkaBrokers();
const hasKcat = spawnSync('kcat', ['-V']).status === 0;
if (!hasKcat) console.log('Skipped: the test of examples/kcat, as there is no kcat. Your package manager has it.');

describe.skipIf(!brokers || !hasKcat)('the example with kcat and buf', () => {
  test('prints every event of a topic as JSON', async () => {
    await using published = await publishJobEvents(brokers!);
    const env = { ...process.env, KAFKA_BROKERS: brokers, TOPIC_PREFIX: published.topicPrefix };
    const { stdout, stderr } = await promisify(execFile)(join(import.meta.dirname, 'consume.sh'), ['job-events', '-e'], { env });
    expect(stderr).toBe('');
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(events).toMatchObject([
      { id: 'j1/CREATED', tenant: 'default', job: { displayName: 'Spring' }, date: '1' },
      { id: 'j1/STARTED' },
      { id: 'j1/STARTED' },
      { id: 'j1/PROGRESS/1200', type: 'PROGRESS', job: { stats: { recordsProcessed: 1200, recordsTotal: 5000 } } },
      { id: 'j1/COMPLETED', type: 'COMPLETED' },
    ]);
  });
});
