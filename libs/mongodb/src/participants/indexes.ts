import type { Db } from 'mongodb';

const daySeconds = 24 * 3600;

/** Indexes of the participants' collections. Accounts, claims and records are found by id; the others serve history, and the removal of what is old. */
export async function createParticipantIndexes(db: Db): Promise<void> {
  const aDayAfterDeath = { key: { diedAt: 1 }, sparse: true, expireAfterSeconds: daySeconds } as const;
  await db.collection('accounts').createIndexes([aDayAfterDeath]);
  await db.collection('endedLives').createIndexes([aDayAfterDeath]);
  await db.collection('records').createIndexes([{ key: { date: 1 } }, { key: { directSince: 1 }, sparse: true }]);
  await db.collection('claims').createIndexes([{ key: { sweptAfter: 1 }, sparse: true }]);
  await db.collection('claimants').createIndexes([
    { key: { finished: 1 }, sparse: true },
    { key: { since: 1 }, expireAfterSeconds: 30 * daySeconds },
  ]);
  await db.collection('referrals').createIndexes([{ key: { 'referrer.life': 1 } }, { key: { 'referred.life': 1 } }]);
  await db.collection('history').createIndexes([{ key: { life: 1 } }]);
}
