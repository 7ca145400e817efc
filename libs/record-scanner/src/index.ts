export { CellReader, type MalformedRecord } from './cell-reader.ts';
export { countRecords } from './count-records.ts';
export { detectEncoding, type FileEncoding } from './detect-encoding.ts';
export { firstInvalidUtf8 } from './first-invalid-utf8.ts';
export { RecordFlag, RecordList, type RecordPosition } from './record-list.ts';
export { RecordScanner, type RecordFormat } from './record-scanner.ts';
export { utf16ToUtf8 } from './utf16-to-utf8.ts';
