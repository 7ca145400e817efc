import type { UserKey } from '../account.ts';
import { badRequest, type RowError } from '../row-error.ts';
import { fits, hasControlCharacter, isBlank } from './text.ts';

const maxIdLength = 255;

const missing = {
  id: badRequest('This request requires a valid non-empty id', 'id'),
  accountId: badRequest('This request requires a valid non-empty accountId', 'accountId'),
};

/** Why a value cannot be the user's `id` or `accountId`; undefined when it can. Ids are taken as they are, never trimmed. */
export function keyPartError(name: keyof UserKey, value: unknown): RowError | undefined {
  if (typeof value !== 'string' || isBlank(value)) return missing[name];
  if (!fits(value, maxIdLength)) return invalid(name, `more than ${maxIdLength} characters`);
  if (hasControlCharacter(value)) return invalid(name, 'a control character');
  if (!value.isWellFormed()) return invalid(name, 'half of a surrogate pair');
  return undefined;
}

const invalid = (name: string, fault: string): RowError => badRequest(`The provided ${name} field is invalid: it has ${fault}`, name);
