import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { noOutcomes } from '@advocate/domain';
import { hasDocker, startMongodb } from '@advocate/test-servers';
import { buildJob } from '@advocate/testing';
import { describe, expect, test } from 'vitest';
import { connectMongodb } from './connection.ts';
import { openGridFsFileStore } from './file-store.ts';
import { openMongodbJobStore } from './job-store.ts';

const counts = { ...noOutcomes, created: 1 };
const ending = { status: 'COMPLETED', dateCompleted: 1, dateExpires: 2, counts, ignoredFields: [], errorCauses: [] } as const;

describe.skipIf(!hasDocker())('a database that is killed and started again', () => {
  test('again and again, ends no call that was under way, and nothing is lost or counted twice', { timeout: 240_000 }, async () => {
    await using server = await startMongodb();
    await using connection = await connectMongodb({ uri: server.address });
    const jobs = openMongodbJobStore(connection.db);
    const files = openGridFsFileStore(connection.db);
    const content = Buffer.alloc(6_000_000, 'a line of a file\n');
    await files.write('read', streamOf(content));

    const work: ((round: number) => Promise<void>)[] = [
      async (round) => {
        const { id } = await jobs.create(buildJob({ id: `job-${round}` }), `request-${round}`);
        expect(await jobs.finish('acme', id, ending)).toBe(true);
      },
      async (index) => {
        await jobs.putSlice('job', { index, start: { offset: 0, recordNumber: 2, line: 2 }, bytes: 10, records: 1, partitions: [0] });
      },
      async (slice) => {
        const outcome = {
          tenant: 'acme',
          jobId: 'job',
          slice,
          partition: 0,
          sliceChunks: 1,
          counts,
          storedAt: 0,
          outcome: Buffer.from(`outcome ${slice}`),
        };
        expect(await jobs.putOutcome(outcome)).toEqual({ sliceFinished: true });
      },
      async (round) => {
        await files.write(`written/${round}`, streamOf(content.subarray(round)));
      },
      async () => expect(content.equals(await buffer(files.read('read')))).toBe(true),
    ];
    const allAtWork = Promise.withResolvers<void>();
    let begun = 0;
    let isOver = false;
    const [created, slices, outcomes, written] = await Promise.all([
      ...work.map(async (doRound) => {
        let round = 0;
        for (; !isOver; round += 1) {
          if (round === 2 && ++begun === work.length) allAtWork.resolve();
          await doRound(round);
        }
        return round;
      }),
      allAtWork.promise.then(async () => {
        for (let kills = 0; kills < 3; kills += 1) {
          await server.kill();
          await pause(1_000);
          await server.restart();
          // Something is written in between.
          await jobs.create(buildJob({ id: `after-kill-${kills}`, tenant: 'other' }), undefined);
        }
        isOver = true;
      }),
    ]);

    expect(await jobs.list('acme', 10_000)).toHaveLength(created!);
    expect(await jobs.slices('job')).toHaveLength(slices!);
    expect((await jobs.progress('job')).counts).toEqual({ ...noOutcomes, created: outcomes });
    for (let slice = 0; slice < outcomes!; slice += 1) {
      expect((await jobs.outcomes('job', slice)).map((bytes) => Buffer.from(bytes).toString())).toEqual([`outcome ${slice}`]);
    }
    for (let round = 0; round < written!; round += 1) {
      expect(content.subarray(round).equals(await buffer(files.read(`written/${round}`)))).toBe(true);
    }
  });

  test('is waited for when it is opened', async () => {
    await using server = await startMongodb();
    await server.kill();
    const connecting = connectMongodb({ uri: server.address });
    await pause(500);
    await server.restart();
    await using connection = await connecting;
    expect(await connection.db.collection('schema').countDocuments()).toBe(1);
  });
});

async function* streamOf(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
