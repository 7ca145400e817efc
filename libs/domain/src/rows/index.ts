export { type ColumnMeaning, isCustomField } from './column-meaning.ts';
export { deletionColumns, parseDeletionObject, readDeletionHeader, unknownDeletionKeys } from './deletion-rows.ts';
export type { HeaderProblem, HeaderReading } from './header-reading.ts';
export type { ObjectColumn } from './object-columns.ts';
export type { RowRules } from './row-rules.ts';
export type { CustomFieldValue, NumberedRow, UserDeletion, UserUpsert } from './row-types.ts';
export { isSegmentOperation, parseSegmentOperations } from './segment-operations.ts';
export { ignoredUserColumns, readUserHeader, userColumnPrefixes, userColumns } from './user-header.ts';
export { parseUserObject, unknownUserKeys } from './user-object.ts';
