import { kafkaBrokers } from '@advocate/test-servers';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { publishJobEvents } from '../publish-job-events.fixture.ts';

const brokers = kafkaBrokers();

describe.skipIf(!brokers)('the example consumer of job events', () => {
  test('says each event once and in order, and ends when it is told to', async () => {
    await using published = await publishJobEvents(brokers!);
    const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', join(import.meta.dirname, 'consume.ts')], {
      env: {
        ...process.env,
        KAFKA_BROKERS: brokers,
        TOPIC_PREFIX: published.topicPrefix,
        CONSUMER_GROUP: `${published.topicPrefix}example`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line.includes('completed')) child.kill('SIGTERM');
    }
    expect(lines).toEqual([
      'Spring: accepted',
      'Spring: started',
      'Spring: 1,200 rows of 5,000, 0 failed',
      'Spring: completed, 5,000 rows, 0 failed',
    ]);
    expect(await ended).toEqual([0, null]);
  });
});
