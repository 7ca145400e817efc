import { badRequest, type RowError } from '../row-error.ts';
import { countryCodes } from './country-codes.ts';
import { customFields } from './custom-fields.ts';
import { booleanField, type Draft, type Field, invalidField } from './field.ts';
import { referralCodes, shareLinks } from './program-entries.ts';
import { referredBy, referredByCodes } from './referred-by.ts';
import type { CustomFieldValue, UserUpsert } from './row-types.ts';
import { parseSegmentOperations } from './segment-operations.ts';
import { fits, isStorable } from './text.ts';

/** A user's row in the making. */
export type UserDraft = Draft<UserUpsert> & {
  referralCodes?: Record<string, string>;
  shareLinks?: Record<string, string>;
  customFields?: Record<string, CustomFieldValue | null>;
};

type UserField = Field<UserDraft>;

const maxNameLength = 255;
const maxImageUrlLength = 2048;
const minEmailLength = 7;

const emailForm = /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/;
const localeForm = /^[a-z]{2,3}_[A-Z]{2}$/;
const integerForm = /^-?\d+$/;

const isEmail = (text: string) => text.length >= minEmailLength && fits(text, maxNameLength) && emailForm.test(text);
const tooLong = (name: string, max: number) =>
  badRequest(`The provided ${name} field is invalid: it has more than ${max} characters`, name);

const segments: UserField = {
  name: 'segments',
  readJson(draft, value) {
    const { row: operations, error } = parseSegmentOperations(value);
    if (error !== undefined) return error;
    if (operations.length > 0) draft.segments = operations;
    return undefined;
  },
};

/** The optional fields of a user in the order in which a row's errors are looked for. */
export const userFields: readonly UserField[] = [
  textField({
    name: 'firstName',
    accepts: (text) => fits(text, maxNameLength),
    refusal: tooLong('firstName', maxNameLength),
    assign: (draft, text) => (draft.firstName = text),
  }),
  textField({
    name: 'lastName',
    accepts: (text) => fits(text, maxNameLength),
    refusal: tooLong('lastName', maxNameLength),
    assign: (draft, text) => (draft.lastName = text),
  }),
  textField({
    name: 'email',
    accepts: isEmail,
    refusal: badRequest('The provided email field is an invalid email address.', 'email'),
    assign: (draft, text) => (draft.email = text),
  }),
  booleanField('referable', (draft, value) => (draft.referable = value)),
  textField({
    name: 'locale',
    accepts: (text) => localeForm.test(text),
    refusal: badRequest('The provided locale field is an invalid locale.', 'locale'),
    assign: (draft, text) => (draft.locale = text),
  }),
  textField({
    name: 'countryCode',
    accepts: (text) => countryCodes.has(text),
    refusal: badRequest('The provided countryCode field is an invalid country code.', 'countryCode'),
    assign: (draft, text) => (draft.countryCode = text),
  }),
  dateField('dateCreated', (draft, date) => (draft.dateCreated = date)),
  dateField('dateUsTaxFormSubmitted', (draft, date) => (draft.dateUsTaxFormSubmitted = date)),
  textField({
    name: 'imageUrl',
    accepts: (text) => fits(text, maxImageUrlLength),
    refusal: tooLong('imageUrl', maxImageUrlLength),
    assign: (draft, text) => (draft.imageUrl = text),
  }),
  referredBy,
  referredByCodes,
  referralCodes,
  shareLinks,
  segments,
  customFields,
];

/** Names of the classic product, columns and JSON keys alike: accepted and ignored. */
export const classicUserFields: readonly string[] = ['paymentProviderId', 'referralCode'];

interface TextField {
  readonly name: string;
  readonly accepts: (text: string) => boolean;
  readonly refusal: RowError;
  readonly assign: (draft: UserDraft, text: string) => void;
}

function textField({ name, accepts, refusal, assign }: TextField): UserField {
  const wrongType = invalidField(name);
  const readCell = (draft: UserDraft, text: string) => {
    if (!accepts(text)) return refusal;
    assign(draft, text);
    return undefined;
  };
  return {
    name,
    readJson: (draft, value) => (typeof value === 'string' && isStorable(value) ? readCell(draft, value) : wrongType),
    column: { name, readCell },
  };
}

/** Epoch milliseconds: an integer in JSONL, its decimal digits in CSV. */
function dateField(name: string, assign: (draft: UserDraft, date: number) => void): UserField {
  const error = invalidField(name);
  const readJson = (draft: UserDraft, value: unknown) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return error;
    // Turns -0 into 0, which JSON could not carry on.
    assign(draft, value + 0);
    return undefined;
  };
  return {
    name,
    readJson,
    column: { name, readCell: (draft, cell) => (integerForm.test(cell) ? readJson(draft, Number(cell)) : error) },
  };
}
