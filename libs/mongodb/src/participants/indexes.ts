import type { Db } from 'mongodb';

const daySeconds = 24 * 3600;

/**
 * Indexes of the participants' collections. There is none on accounts, claims and ended lives, of which every row writes some: an index that few
 * documents are in still costs each of them half as much again.
 */
export async function createParticipantIndexes(db: Db): Promise<void> {
  await db.collection('records').createIndexes([{ key: { date: 1 } }, { key: { directSince: 1 }, sparse: true }]);
  await db.collection('claimants').createIndexes([
    { key: { finished: 1 }, sparse: true },
    { key: { since: 1 }, expireAfterSeconds: 30 * daySeconds },
  ]);
  await db.collection('referrals').createIndexes([{ key: { 'referrer.life': 1 } }, { key: { 'referred.life': 1 } }]);
  await db.collection('history').createIndexes([{ key: { life: 1 } }]);
}
