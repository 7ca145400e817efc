import type { NewJob } from '../../api/jobs.ts';
import { operationText, type SegmentOperation } from '../../text/segment-operations.ts';

/** What the form says besides the file. */
export interface Draft {
  readonly type: 'USERS' | 'USER_DELETIONS';
  readonly operations: readonly SegmentOperation[];
  /** A segment key that was typed and is not added yet. */
  readonly typedSegment: string;
  readonly preserveEmptyAccounts: boolean;
  readonly doNotTrack: boolean;
  readonly displayName: string;
  readonly mailtoEmail: string;
}

export const emptyDraft: Draft = {
  type: 'USERS',
  operations: [],
  typedSegment: '',
  preserveEmptyAccounts: false,
  doNotTrack: false,
  displayName: '',
  mailtoEmail: '',
};

/** The job that the form asks for; options of the other type are left out. */
export function draftJob(draft: Draft, fileRef: string): NewJob {
  const deletes = draft.type === 'USER_DELETIONS';
  return {
    type: draft.type,
    displayName: draft.displayName.trim(),
    mailtoEmail: draft.mailtoEmail.trim(),
    fileRef,
    params: {
      programId: '',
      segments: deletes ? [] : draft.operations.map(operationText),
      preserveEmptyAccounts: deletes && draft.preserveEmptyAccounts,
      doNotTrack: deletes && draft.doNotTrack,
    },
  };
}

/** A new id for a request. One id stands for one job: it is kept when the same request is sent again. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `console-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
