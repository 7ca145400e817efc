import { formatTime, plainText } from './format.ts';

/**
 * A JSON document as indented `name: value` lines; epoch milliseconds in fields named `date…` are shown as times, but not in custom fields.
 * Objects without members are left out.
 */
export function documentText(document: object): string {
  return memberLines(document, '', true).join('\n');
}

function memberLines(document: object, indent: string, showsTimes: boolean): string[] {
  return Object.entries(document).flatMap(([name, value]) => {
    const label = `${indent}${plainText(name)}:`;
    if (Array.isArray(value)) return [label, ...value.flatMap((item: unknown) => itemLines(item, indent, showsTimes))];
    if (isObject(value)) {
      const members = memberLines(value, `${indent}  `, showsTimes && name !== 'customFields');
      return members.length === 0 ? [] : [label, ...members];
    }
    const isTime = showsTimes && typeof value === 'number' && /^date[A-Z]/.test(name);
    return [`${label} ${isTime ? formatTime(value) : plainText(String(value))}`];
  });
}

function itemLines(item: unknown, indent: string, showsTimes: boolean): string[] {
  if (!isObject(item)) return [`${indent}  - ${plainText(String(item))}`];
  const [first = '', ...others] = memberLines(item, `${indent}    `, showsTimes);
  return [`${indent}  - ${first.trimStart()}`, ...others];
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
