import { BSON, Binary } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { DocumentSequence } from './document-sequence.ts';

const plenty = 1 << 20;

/** The bytes that a sequence sends for its documents. */
function sent(sequence: DocumentSequence): Buffer {
  const { chunks } = sequence.under('documents') as { readonly chunks: readonly Uint8Array[] };
  return Buffer.concat(chunks.slice(1));
}

describe('a document', () => {
  test.each<[string, object]>([
    ['of texts', { _id: 'acme/1', token: 'one', users: '[]' }],
    ['of nothing', {}],
    ['with an empty text', { _id: '' }],
    ['with texts of many bytes', { _id: 'ü🎉'.repeat(3000), ñame: 'É' }],
    ['with half a character', { _id: '\ud83c', token: 'a\udf89b' }],
    ['with a NUL in a text', { _id: 'a\0b' }],
    [
      'of numbers',
      { zero: 0, one: 1, least: -(2 ** 31), most: 2 ** 31 - 1, above: 2 ** 31, below: -(2 ** 31) - 1, date: 1_795_490_733_139 },
    ],
    ['of numbers that are not whole', { half: 0.5, negative: -0, infinite: Infinity, none: NaN, huge: 1e300 }],
    ['with dates', { diedAt: new Date(1_795_490_733_139), before: new Date(-1) }],
    [
      'with what the driver encodes',
      { _id: 'a', nothing: null, no: undefined, is: true, list: ['a'], more: { a: 1 }, bytes: new Binary(Buffer.from('b')) },
    ],
  ])('%s is encoded as the driver does', (_, document) => {
    const sequence = new DocumentSequence(1);
    expect(sequence.add(document, plenty)).toBe(true);
    const driven = Buffer.from(BSON.serialize(document, { ignoreUndefined: false }));
    expect(sent(sequence).toString('hex')).toBe(driven.toString('hex'));
  });
});

test('documents follow each other, however many more or larger than expected', () => {
  const documents = Array.from({ length: 300 }, (_, index) => ({
    _id: `acme/${index}`,
    text: 'x'.repeat(index * 30),
    list: index % 7 === 0 ? [index] : '',
  }));
  const sequence = new DocumentSequence(1);
  for (const document of documents) sequence.add(document, plenty * 10);
  const driven = Buffer.concat(documents.map((document) => BSON.serialize(document)));
  expect(sent(sequence).equals(driven)).toBe(true);
});

test('takes one document however large, and of others only what fits', () => {
  const sequence = new DocumentSequence(1);
  const large = { _id: 'x'.repeat(1000) };
  const small = { _id: 'a', token: 'one' };
  expect(sequence.add(large, 100)).toBe(true);
  expect(sequence.add(small, 100)).toBe(false);
  expect(sequence.add({ _id: ['a'] }, 100)).toBe(false);
  expect(sent(sequence).equals(Buffer.from(BSON.serialize(large)))).toBe(true);
  expect(sequence.add(small, plenty)).toBe(true);
  expect(sent(sequence).equals(Buffer.concat([BSON.serialize(large), BSON.serialize(small)]))).toBe(true);
});
