/** A text about a row, and its cause: what it has in common with the same text about other rows. */
export interface Wording {
  readonly message: string;
  readonly cause: string;
}

/**
 * Words a text. Its values are the row's own, so that "…" stands for them in the cause; a value that is a wording itself keeps its own cause, and one that is
 * {@link common} stays as it is.
 */
export function wording(texts: TemplateStringsArray, ...values: readonly (string | number | Wording)[]): Wording {
  let [message = ''] = texts;
  let cause = message;
  for (const [index, value] of values.entries()) {
    const text = texts[index + 1] ?? '';
    const part = typeof value === 'object' ? value : { message: value, cause: '…' };
    message += `${part.message}${text}`;
    cause += `${part.cause}${text}`;
  }
  return { message, cause };
}

/** A text that does not depend on the row. */
export const common = (text: string | number): Wording => ({ message: String(text), cause: String(text) });
