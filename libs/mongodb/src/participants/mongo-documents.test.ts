import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';
import { insertion } from './mongo-documents.ts';
import type { TokenDocument } from './protocol/documents.ts';

test('an insertion asks for its write concern by the fields that servers know, and for no other', () => {
  const client = new MongoClient('mongodb://localhost', { writeConcern: { w: 'majority', journal: true } });
  const documents = [{ _id: 'acme/1', token: 'one' }];
  const collection = client.db('test').collection<TokenDocument>('claims');
  expect(insertion(collection, documents)).toEqual({
    insert: 'claims',
    documents,
    ordered: false,
    writeConcern: { w: 'majority', j: true },
  });
});
