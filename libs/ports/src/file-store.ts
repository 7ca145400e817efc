/**
 * Files by name: uploads and results. Names are paths of letters, digits, `-`, `_`, `.` and `/`, without empty, `.` and `..` segments; every
 * method throws on any other name. No name is a folder of another.
 */
export interface FileStore {
  /**
   * Stores a file under a name, in place of one that is there. The file appears whole and synced to disk when the promise resolves;
   * when `content` throws, nothing is left and the error comes out. A block of it need only be valid until the next one is asked for.
   */
  write(name: string, content: AsyncIterable<Uint8Array>): Promise<StoredFile>;

  /**
   * Streams a range of a file, `end` exclusive; what lies beyond the file's end is left out. A block is valid until
   * the next one is asked for. Throws {@link FileNotFoundError} when the first
   * block is asked for.
   */
  read(name: string, range?: { readonly start?: number; readonly end?: number }): AsyncIterable<Uint8Array>;

  /** What is known of a file, or nothing when there is none. */
  stat(name: string): Promise<{ readonly bytes: number } | undefined>;

  /** Removes a file; removing one that is not there changes nothing. */
  remove(name: string): Promise<void>;

  /**
   * Removes the files under a folder that were written before a time, epoch milliseconds, and answers how many. A file stays while `isKept` says so.
   *
   * @param folder the first segments of the files' names, such as `imports` or `results/acme`
   */
  removeWrittenBefore(folder: string, time: number, isKept?: (name: string) => Promise<boolean>): Promise<number>;
}

export interface StoredFile {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export class FileNotFoundError extends Error {
  override readonly name = 'FileNotFoundError';
  constructor(fileName: string) {
    super(`There is no file ${fileName}`);
  }
}

/** Throws on a name that a {@link FileStore} does not take. */
export function requireFileName(name: string): void {
  if (!name.split('/').every((segment) => /^[A-Za-z0-9_.-]+$/.test(segment) && segment !== '.' && segment !== '..')) {
    throw new TypeError(`${JSON.stringify(name)} is no file name; it takes letters, digits, "-", "_" and ".", and "/" between segments`);
  }
}
