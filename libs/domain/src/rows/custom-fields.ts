import { badRequest, type RowError } from '../row-error.ts';
import { common, wording } from '../wording.ts';
import { type Field, invalidField, isJsonObject, type ReadCell } from './field.ts';
import { setOwnEntry } from './own-entry.ts';
import type { CustomFieldValue } from './row-types.ts';
import { fits, isStorable, shownName } from './text.ts';

/** The product's limit on the custom fields of one row. */
export const maxCustomFields = 100;

const maxTextLength = 1024;
const nameForm = /^[A-Za-z0-9_-]{1,64}$/;

interface Target {
  customFields?: Record<string, CustomFieldValue | null>;
}

/** Custom fields: a JSON object that keeps its values' types, or CSV columns whose cells stay text. Null removes a field. */
export const customFields: Field<Target> = {
  name: 'customFields',
  readJson(draft, value) {
    if (!isJsonObject(value)) return invalidField('customFields');
    const names = Object.keys(value);
    if (names.length > maxCustomFields)
      return badRequest(wording`A row has at most ${common(maxCustomFields)} custom fields, this one has ${names.length}`, 'customFields');
    for (const name of names) if (!nameForm.test(name) || !isCustomFieldValue(value[name])) return invalidCustomField(name);
    // The values are checked and rows are read only, so the object that JSON.parse made serves as the map, `__proto__` included.
    if (names.length > 0) draft.customFields = value as Record<string, CustomFieldValue | null>;
    return undefined;
  },
  entryColumns: {
    prefixes: ['customFields.'],
    isKey: (key) => nameForm.test(key),
    keyRule: 'the name of a custom field has 1 to 64 letters A-Z or a-z, digits, underscores or hyphens',
    cellReader: customFieldReader,
  },
};

function customFieldReader(name: string): ReadCell<Target> {
  const error = invalidCustomField(name);
  return (draft, cell) => {
    if (!fits(cell, maxTextLength)) return error;
    setOwnEntry((draft.customFields ??= {}), name, cell);
    return undefined;
  };
}

function isCustomFieldValue(value: unknown): value is CustomFieldValue | null {
  switch (typeof value) {
    case 'string':
      return fits(value, maxTextLength) && isStorable(value);
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    default:
      return value === null;
  }
}

/** A name that no custom field can have may be anything, so it is the row's own. */
function invalidCustomField(name: string): RowError {
  const shown = shownName(name);
  if (!nameForm.test(name)) return badRequest(wording`Invalid custom field: ${shown}`, 'customFields');
  return badRequest(`Invalid custom field: ${shown}`, `customFields.${name}`);
}
