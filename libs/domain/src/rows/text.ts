/** True for text that a cell uses to say nothing: empty, or white space only. */
export function isBlank(text: string): boolean {
  if (text === '') return true;
  const first = text.charCodeAt(0);
  // Nearly every cell starts with a printable ASCII character, which settles the question without a scan.
  return (first <= 0x20 || first > 0x7e) && text.trim() === '';
}

/** True when the text has at most `max` characters, counted as code points. */
export function fits(text: string, max: number): boolean {
  return text.length <= max || (text.length <= 2 * max && [...text].length <= max);
}

/** True when the text survives storage and transport as it is: no NUL and no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** True when the text has a control character (C0, DEL or C1). */
export function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || (unit >= 0x7f && unit <= 0x9f)) return true;
  }
  return false;
}

const longestShownName = 64;

/** A name from a file, made safe to put into a message: on one line and not endless. */
export function shownName(name: string): string {
  const clean = name.replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD');
  return fits(clean, longestShownName) ? clean : `${[...clean.slice(0, 2 * longestShownName)].slice(0, longestShownName).join('')}…`;
}
