import { hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

const firstNames = [
  'Ada',
  'Bo',
  'Chidi',
  'Dana',
  'Élodie',
  'Farid',
  'Grace',
  'Hiro',
  'Ines',
  'Jun',
  'Kofi',
  'Lena',
  'Mateo',
  'Noor',
  'Olga',
];
const lastNames = ['Adeyemi', 'Brown', 'Chen', 'Dubois', 'Eriksen', 'Fischer', 'García', "O'Neil", 'Haddad', 'Ivanova', 'Jensen', 'Kim'];
const places = [
  { locale: 'en_CA', country: 'CA', province: 'ON', postal: 'N2L 3G1' },
  { locale: 'fr_CA', country: 'CA', province: 'QC', postal: 'H2X 1Y4' },
  { locale: 'de_DE', country: 'DE', province: 'BE', postal: '10115' },
  { locale: 'ja_JP', country: 'JP', province: 'Tokyo, Chiyoda', postal: '100-0001' },
];

/** A participant made from its number: the same in every run. Ids are scattered like the 24 hex digits that customers use. */
export interface SampleUser {
  readonly accountId: string;
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly referable: boolean;
  readonly locale: string;
  readonly countryCode: string;
  readonly dateCreated: number;
  readonly province: string;
  readonly postal: string;
}

export function sampleUser(number: number): SampleUser {
  const id = hash('sha256', `user ${number}`).slice(0, 24);
  const place = at(places, number % 7);
  const firstName = at(firstNames, number);
  const lastName = at(lastNames, number * 5);
  return {
    // Every tenth shares the account of the one before.
    accountId: number % 10 === 9 ? hash('sha256', `user ${number - 1}`).slice(0, 24) : id,
    id,
    firstName,
    lastName,
    email: `user${number}@example.com`,
    referable: number % 20 !== 0,
    locale: place.locale,
    countryCode: place.country,
    dateCreated: 1_580_257_434_000 + number * 1000,
    province: place.province,
    postal: place.postal,
  };
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new TypeError('An empty list has no items');
  return item;
}

const header = [
  ...['accountId', 'id', 'firstName', 'lastName', 'email', 'referable', 'locale', 'countryCode', 'dateCreated'],
  ...['customFields.province', 'customFields.postal'],
];

const csvCell = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** What may be put over a sample user's cells, such as a mistake. */
type Change = (user: SampleUser, number: number) => Partial<Record<keyof SampleUser, string>>;

/** Lines of a users' CSV file. */
export function* usersCsv(from: number, to: number, change: Change = () => ({})): Generator<string> {
  yield csvLine(header);
  for (let number = from; number < to; number += 1) {
    const user = sampleUser(number);
    yield csvLine(Object.values({ ...user, ...change(user, number) }).map(String));
  }
}

/** Lines of a users' JSONL file. */
export function* usersJsonl(from: number, to: number): Generator<string> {
  for (let number = from; number < to; number += 1) {
    const { province, postal, ...user } = sampleUser(number);
    yield `${JSON.stringify({ ...user, customFields: { province, postal, orders: number % 5 } })}\n`;
  }
}

/** Lines of a deletions' CSV file. */
export function* deletionsCsv(numbers: Iterable<number>): Generator<string> {
  yield csvLine(['accountId', 'id']);
  for (const number of numbers) {
    const { accountId, id } = sampleUser(number);
    yield csvLine([accountId, id]);
  }
}

/** Numbers from, to (exclusive) and the step between them. */
export function* range(from: number, to: number, step = 1): Generator<number> {
  for (let number = from; number < to; number += step) yield number;
}

/** Writes lines to a file. */
export async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  const stream = createWriteStream(file);
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < 256 * 1024) continue;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
  }
  stream.end(text);
  await once(stream, 'finish');
}
