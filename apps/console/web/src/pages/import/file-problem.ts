import { formatBytes } from '@advocate/format';

const endings = ['.csv', '.jsonl', '.ndjson'];

/** Why a file need not even be uploaded, as a sentence that says what to do; undefined when nothing speaks against it. */
export function fileProblem({ name, size }: Pick<File, 'name' | 'size'>, maxFileBytes: number): string | undefined {
  if (!endings.some((ending) => name.toLowerCase().endsWith(ending))) {
    return `“${name}” is neither CSV nor JSONL. Save it as CSV (UTF-8) in your spreadsheet program; its name then ends in .csv.`;
  }
  if (size === 0) return `“${name}” is empty. Choose a file with a header and at least one row.`;
  if (maxFileBytes > 0 && size > maxFileBytes) {
    return `“${name}” has ${formatBytes(size)}, and at most ${formatBytes(maxFileBytes)} are taken. Split it into several files; each needs the header.`;
  }
  return undefined;
}
