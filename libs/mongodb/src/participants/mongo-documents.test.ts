import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';
import { DocumentSequence } from './document-sequence.ts';
import { insertion } from './mongo-documents.ts';
import type { TokenDocument } from './protocol/documents.ts';

test('an insertion asks for its write concern by the fields that servers know, and for no other', () => {
  const client = new MongoClient('mongodb://localhost', { writeConcern: { w: 'majority', journal: true } });
  const documents = new DocumentSequence(1);
  documents.add({ _id: 'acme/1', token: 'one' }, 1000);
  const collection = client.db('test').collection<TokenDocument>('claims');
  expect(insertion(collection, documents)).toEqual({
    insert: 'claims',
    documents: documents.under('documents'),
    ordered: false,
    writeConcern: { w: 'majority', j: true },
  });
});
