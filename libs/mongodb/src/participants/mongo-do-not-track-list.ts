import type { Collection, Db } from 'mongodb';
import { idsUnder } from '../documents.ts';
import { withRetry } from '../retry.ts';
import { MongoDocuments } from './mongo-documents.ts';
import type { BarDocument, DoNotTrackList } from './protocol/do-not-track.ts';
import { escapedTenant } from './protocol/keys.ts';

export class MongoDoNotTrackList extends MongoDocuments<BarDocument> implements DoNotTrackList {
  readonly #list: Collection<BarDocument>;

  constructor(db: Db) {
    super(db, 'doNotTrack');
    this.#list = db.collection('doNotTrack');
  }

  async isEmpty(tenant: string): Promise<boolean> {
    const any = await withRetry(() => this.#list.findOne({ _id: idsUnder(escapedTenant(tenant)) }, { projection: { _id: 1 } }));
    return any === null;
  }
}
