import { Progress } from './progress.ts';
import type { ProgressStream } from './progress.ts';

export interface OutputStream extends ProgressStream {
  readonly isTTY?: boolean;
}

/** Where a command answers: results on standard output, as text or as one JSON document; all else on standard error. */
export class Output {
  readonly #json: boolean;
  readonly #stdout: OutputStream;
  readonly #stderr: OutputStream;

  constructor(json: boolean, stdout: OutputStream, stderr: OutputStream) {
    this.#json = json;
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  /** The command's answer. Only the form that was asked for is made. */
  answer(text: () => string, document: () => unknown): void {
    this.#stdout.write(`${this.#json ? JSON.stringify(document(), null, 2) : text()}\n`);
  }

  note(text: string): void {
    this.#stderr.write(`${text}\n`);
  }

  /** A live bar when a person looks on, lines otherwise. */
  progress(): Progress {
    return new Progress(this.#stderr, this.#stderr.isTTY === true && !this.#json);
  }
}
