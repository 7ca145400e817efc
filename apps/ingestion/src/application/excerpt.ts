const maxCharacters = 200;

/** At most 200 characters of a text, without keeping what the text was cut from in memory. */
export function excerpt(text: string): string {
  // The longest text of so many characters has two units for each.
  const characters = [...text.slice(0, 2 * maxCharacters)];
  return characters.slice(0, maxCharacters).join('');
}

/** An excerpt of a JSON value as a person would write it into a cell; nothing is empty. */
export function excerptOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return excerpt(typeof value === 'string' ? value : JSON.stringify(value));
}
