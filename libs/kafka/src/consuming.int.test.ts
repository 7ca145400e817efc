import type { EventLog, OutgoingMessage } from '@advocate/ports';
import { kafkaBrokers } from '@advocate/test-servers';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { freshInstallation } from './test-support.ts';

const brokers = kafkaBrokers();
const topic = 'rows.users';
const message = (key: string, partition = 0): OutgoingMessage => ({ key, partition, value: Buffer.from(key) });
const sessionMs = 10_000;

describe.skipIf(!brokers)('consumers of a real Kafka', () => {
  const install = () => {
    const installation = freshInstallation(brokers!);
    onTestFinished(() => installation[Symbol.asyncDispose]());
    return installation;
  };

  /** A consumer in a process of its own, once it has the message with this key in hand. */
  const holdInProcess = async (installation: ReturnType<typeof install>, key: string) => {
    const fixture = join(import.meta.dirname, 'hold-message.fixture.ts');
    const child = spawn(process.execPath, [fixture, JSON.stringify(installation.options)], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [printed] = (await once(child.stdout, 'data')) as [Buffer];
    expect(printed.toString().trim()).toBe(key);
    return child;
  };

  const collect = async (log: EventLog) => {
    const seen: string[] = [];
    await log.consume(topic, 'group', async ({ key }) => void seen.push(key));
    return seen;
  };

  test('the message that a killed process has in hand goes to another consumer, within seconds', async () => {
    const installation = install();
    const log = await installation.open();
    await log.publish(topic, [message('first'), message('second')]);
    const child = await holdInProcess(installation, 'first');
    child.kill('SIGKILL');
    const killed = performance.now();
    const seen = await collect(log);
    await vi.waitFor(() => expect(seen).toEqual(['first', 'second']), { timeout: 60_000 });
    expect(performance.now() - killed).toBeLessThan(2.5 * sessionMs);
  });

  test('a message stays with its handler for longer than the session, and its partition too while another consumer joins', async () => {
    const installation = install();
    const [log, peer] = [await installation.open(), await installation.open()];
    const events: string[] = [];
    await log.consume(topic, 'group', async ({ key, partition }) => {
      if (partition === 0) {
        events.push(`begins ${key}`);
        await setTimeout(1.5 * sessionMs);
        events.push(`ends ${key}`);
      }
    });
    await log.publish(topic, [message('long'), message('next')]);
    await vi.waitFor(() => expect(events).toEqual(['begins long']), { timeout: 20_000 });
    const joined = peer.consume(topic, 'group', async ({ key, partition }) => {
      if (partition === 0) events.push(`begins ${key}`, `ends ${key}`);
    });
    await vi.waitFor(() => expect(events).toContain('ends next'), { timeout: 60_000 });
    await joined;
    expect(events).toEqual(['begins long', 'ends long', 'begins next', 'ends next']);
  });

  test('messages that are handled are not handled again by those who come later', async () => {
    const installation = install();
    const [log, peer] = [await installation.open(), await installation.open()];
    const sent = Array.from({ length: 200 }, (_, i) => message(`${i}`, i % 4));
    await log.publish(topic, sent);
    const first: string[] = [];
    const consumer = await log.consume(topic, 'group', async ({ key }) => void first.push(key));
    await vi.waitFor(() => expect(first.length).toBe(200), { timeout: 20_000 });
    await consumer[Symbol.asyncDispose]();
    const later = await collect(peer);
    await peer.publish(topic, [message('new')]);
    await vi.waitFor(() => expect(later).toEqual(['new']), { timeout: 20_000 });
  });

  test('a partition with little waits seconds, not minutes, for one with much', async () => {
    const installation = install();
    const log = await installation.open();
    const seen: string[] = [];
    await log.publish(
      topic,
      Array.from({ length: 1_000 }, (_, i) => message(`much ${i}`)),
    );
    await log.consume(topic, 'group', async ({ key }) => {
      seen.push(key);
      await setTimeout(20);
    });
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0), { timeout: 20_000 });
    await log.publish(topic, [message('little', 1)]);
    const published = seen.length;
    await vi.waitFor(() => expect(seen).toContain('little'), { timeout: 20_000 });
    expect(seen.indexOf('little') - published).toBeLessThan(200);
  });
});
