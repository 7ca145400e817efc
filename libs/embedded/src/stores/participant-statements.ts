import type { DatabaseSync, StatementSync } from 'node:sqlite';

const statements = {
  account: 'SELECT number, token, id, document FROM account WHERE hash = ? AND id = ? AND tenant = ?',
  accountByNumber: 'SELECT number, token, id, document FROM account WHERE number = ?',
  accountToken: 'SELECT number, token FROM account WHERE hash = ? AND id = ? AND tenant = ?',
  insertAccount: 'INSERT INTO account (hash, tenant, id, token, document) VALUES (?, ?, ?, ?, ?)',
  updateAccount: 'UPDATE account SET token = ?, document = ? WHERE number = ?',
  deleteAccount: 'DELETE FROM account WHERE number = ?',

  listings: 'SELECT account, job FROM listed_code WHERE hash = ?',
  listCode: 'INSERT OR IGNORE INTO listed_code (hash, account, job) VALUES (?, ?, ?)',
  unlistCode: 'DELETE FROM listed_code WHERE hash = ? AND account = ?',

  jobNumber: 'SELECT number FROM job_number WHERE job = ?',
  jobOfNumber: 'SELECT job FROM job_number WHERE number = ?',
  insertJobNumber: 'INSERT OR IGNORE INTO job_number (job) VALUES (?)',

  anyClaim: 'SELECT 1 FROM claim LIMIT 1',
  claims: 'SELECT * FROM claim WHERE hash = ? ORDER BY number',
  insertClaim:
    'INSERT INTO claim (hash, job, tenant, key, account_id, user_id, program, code, record_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  deleteClaims: 'DELETE FROM claim WHERE number IN (SELECT number FROM claim WHERE job = ? LIMIT ?)',

  decision: 'SELECT outcome FROM decision WHERE chunk = ?',
  decisionExists: 'SELECT 1 FROM decision WHERE chunk = ?',
  insertDecision: 'INSERT INTO decision (chunk, outcome, date) VALUES (?, ?, ?)',

  insertReferral: `INSERT OR IGNORE INTO referral
    (id, tenant, program, code, date, referrer, referrer_account_id, referrer_id, referred, referred_account_id, referred_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  deleteReferralOfReferrer: 'DELETE FROM referral WHERE referrer = ? AND referred IS NULL',
  deleteReferralOfReferred: 'DELETE FROM referral WHERE referred = ? AND referrer IS NULL',
  forgetReferrer: 'UPDATE referral SET referrer = NULL, referrer_account_id = NULL, referrer_id = NULL, code = NULL WHERE referrer = ?',
  forgetReferred: 'UPDATE referral SET referred = NULL, referred_account_id = NULL, referred_id = NULL WHERE referred = ?',
  referralsOfReferred: 'SELECT program, code, referrer_account_id, referrer_id FROM referral WHERE referred = ? ORDER BY program',
  referralCount: 'SELECT count(*) AS count FROM referral WHERE referrer = ? OR referred = ?',

  insertHistory: 'INSERT OR IGNORE INTO history (owner, kind, id, date, key, content) VALUES (?, ?, ?, ?, ?, ?)',
  deleteHistory: 'DELETE FROM history WHERE owner = ?',
  historyCounts: 'SELECT kind, count(*) AS count FROM history WHERE owner = ? GROUP BY kind',

  anyDoNotTrack: 'SELECT 1 FROM do_not_track WHERE tenant = ? LIMIT 1',
  doNotTrack: 'SELECT 1 FROM do_not_track WHERE tenant = ? AND hash = ?',
  insertDoNotTrack: 'INSERT OR IGNORE INTO do_not_track (tenant, hash, date) VALUES (?, ?, ?)',

  segment: 'SELECT key, display_name, date FROM segment WHERE tenant = ? AND key = ?',
  segments: 'SELECT key, display_name, date FROM segment WHERE tenant = ? AND key > ? ORDER BY key LIMIT ?',
  insertSegment: 'INSERT OR IGNORE INTO segment (tenant, key, display_name, date) VALUES (?, ?, ?, ?)',

  setting: 'SELECT value FROM setting WHERE name = ?',
  insertSetting: 'INSERT OR IGNORE INTO setting (name, value) VALUES (?, ?)',
} as const;

export type Statements = Readonly<Record<keyof typeof statements, StatementSync>>;

/** Prepares all statements on the participants' database. */
export function prepareStatements(database: DatabaseSync): Statements {
  return Object.fromEntries(Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)])) as Statements;
}
