import { customFields } from './custom-fields.ts';

/** What a column of a CSV file, or a field of a JSONL line, means. */
export interface ColumnMeaning {
  /** As the file has it; in JSONL with the names of the objects that it is in, such as `customFields.plan`. */
  readonly name: string;
  /** The field that it gives, as errors name it; absent when it is not read. */
  readonly field?: string;
  /** Of one that is not read: the name that was perhaps meant, if one is near. */
  readonly suggestion?: string;
}

/** Whether a field is a custom one. */
export const isCustomField = (field: string): boolean => field.startsWith(`${customFields.name}.`);
