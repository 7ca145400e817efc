import type { Counted, CompletionNotice } from './completion-mail.ts';

/** A notice as plain text. */
export function textOf(notice: CompletionNotice): string {
  const { subject, reason, rows, counts, causes, otherErrors, nextSteps, links, expires, page, warnings } = notice;
  const more = otherErrors === undefined ? [] : [{ label: 'of other causes', count: otherErrors }];
  const lines = [
    `${subject}.`,
    '',
    ...(reason === undefined ? [] : [`Reason: ${reason}`, '']),
    `Rows: ${rows}`,
    ...table(counts),
    '',
    ...(causes.length === 0 ? [] : ['Why rows failed:', ...table([...causes, ...more]), '']),
    'What to do next:',
    ...nextSteps.map((step) => `  ${step}`),
    '',
    ...(links.length === 0 ? [] : [`Files, until ${expires}:`, ...links.flatMap(({ label, url }) => [`  ${label}`, `  ${url}`]), '']),
    'More about it in the console:',
    `  ${page}`,
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((warning) => `Note: ${warning}`)]),
  ];
  return `${lines.join('\n')}\n`;
}

function table(rows: readonly Counted[]): string[] {
  const width = Math.max(0, ...rows.map(({ count }) => count.length));
  return rows.map(({ label, count }) => `  ${count.padStart(width)}  ${label}`);
}
