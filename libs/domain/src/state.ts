import type { Account, UserKey } from './account.ts';

/** What a decision knows of the store. */
export interface LoadedState {
  /** The accounts asked for that exist, or have left a token, by id. */
  readonly accounts: ReadonlyMap<string, LoadedAccount>;
  /** The codes and links asked for that somebody holds or claims, by key. */
  readonly codes: ReadonlyMap<string, CodeState>;
  /** Which of the users asked about are on the do-not-track list, as {@link userText}. */
  readonly doNotTrack: ReadonlySet<string>;
  /** The store's own mark of when this was loaded, for the commit of what is decided on it. */
  readonly asOf?: unknown;
}

export interface LoadedAccount {
  /** Absent when the account was deleted and only its last token is left. */
  readonly account: Account | undefined;
  /** Names the write that left the account so; unique for ever. */
  readonly token: string;
}

/** Who has a code or link: the user whose account lists it, or else the user for whom an unfinished job claimed it. */
export interface CodeState {
  readonly owner: UserKey;
  readonly programId: string;
  /** The code or link as the owner was given it. */
  readonly code: string;
  /** The owner's life, if the owner is stored. */
  readonly incarnation?: string;
  /** The job that listed the code, once the owner's account lists it. */
  readonly listedBy?: string;
  /** The claim of an unfinished job, that of the asking job first. */
  readonly claim?: { readonly jobId: string; readonly recordNumber: number };
}

/** A pair of ids as one text; no two pairs give the same. */
export const userText = (user: UserKey): string => `${user.accountId.length}:${user.accountId}${user.id}`;

/** Whether two keys name the same user. */
export const isSameUser = (one: UserKey, other: UserKey): boolean => one.id === other.id && one.accountId === other.accountId;
