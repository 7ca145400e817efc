import type { Db } from 'mongodb';
import { insertUnlessThere } from './documents.ts';
import { createParticipantIndexes } from './participants/indexes.ts';
import { withRetry } from './retry.ts';

const dayMs = 24 * 3600 * 1000;

/**
 * The schema's steps, oldest first; the schema's version counts those applied. A step may be run again, and by two processes at the same time.
 * A collection needs no more than its indexes to be there. None of them is unique but GridFS's own.
 */
const steps: readonly ((db: Db) => Promise<unknown>)[] = [
  async (db) => {
    await db
      .collection('jobs')
      .createIndexes([{ key: { tenant: 1, acceptedAt: -1, _id: -1 } }, { key: { open: 1, acceptedAt: 1, _id: 1 } }]);
    await createParticipantIndexes(db);
    await db.collection('fs.chunks').createIndexes([{ key: { files_id: 1, n: 1 }, unique: true }]);
    await db.collection('fs.files').createIndexes([{ key: { uploadDate: 1 } }]);
    await db.collection('fileNames').createIndexes([{ key: { written: 1 } }]);
  },
  async (db) => {
    const jobs = db.collection<{ readonly job: { readonly dateCompleted: number } }>('jobs');
    for await (const { _id, job } of jobs.find({ 'job.dateCompleted': { $exists: true }, expiresAt: { $exists: false } })) {
      const dateExpires = job.dateCompleted + 30 * dayMs;
      await jobs.updateOne({ _id }, { $set: { expiresAt: dateExpires, 'job.dateExpires': dateExpires } });
    }
    await jobs.createIndexes([{ key: { expiresAt: 1 } }, { key: { 'job.fileRef': 1 } }, { key: { 'job.source.name': 1 } }]);
  },
  async (db) => {
    await db
      .collection('jobs')
      .createIndexes([
        { key: { tenant: 1, 'job.status': 1, acceptedAt: -1, _id: -1 } },
        { key: { tenant: 1, 'job.plan.type': 1, acceptedAt: -1, _id: -1 } },
      ]);
  },
  async (db) => {
    await db
      .collection('webhookDeliveries')
      .createIndexes([
        { key: { nextAttempt: 1, queue: 1 } },
        { key: { queue: 1, nextAttempt: 1, 'event.sequence': 1 } },
        { key: { queue: 1, 'event.jobId': 1, 'event.sequence': 1 } },
        { key: { queue: 1, 'event.date': -1, _id: -1 } },
        { key: { 'event.date': 1 } },
      ]);
  },
];

interface SchemaDocument {
  readonly _id: string;
  readonly version: number;
}

/** Brings a database's schema up to date. Throws when a newer version of the suite has been at work on it. */
export async function migrate(db: Db): Promise<void> {
  await withRetry(async () => {
    const schema = db.collection<SchemaDocument>('schema');
    const version = (await schema.findOne({ _id: 'schema' }))?.version ?? 0;
    if (version > steps.length) {
      throw new Error(
        `The database ${db.databaseName} was written by a newer version of Advocate Bulk (schema ${version}, this version knows ${steps.length}). Run that version.`,
      );
    }
    for (const step of steps.slice(version)) await step(db);
    await insertUnlessThere(schema, { _id: 'schema', version: 0 });
    await schema.updateOne({ _id: 'schema' }, { $max: { version: steps.length } });
  });
}
