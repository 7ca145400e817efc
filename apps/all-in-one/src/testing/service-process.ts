import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const serviceNames = ['ingestion', 'participant', 'deletion', 'notification'] as const;
export type ServiceName = (typeof serviceNames)[number];
/** Whatever of the suite is started by an entry point of its own. */
type ProcessName = ServiceName | 'console' | 'all-in-one';

/** What a service says in its log once it serves. */
export interface Serving {
  readonly port: number;
  /** Of the console. */
  readonly url?: string;
}

/** A service as a process of its own, started by its own entry point as an operator starts it, on a free port. Disposing kills it. */
export class ServiceProcess implements AsyncDisposable {
  readonly name: ProcessName;
  readonly #child: ChildProcess;
  readonly #serving = Promise.withResolvers<Serving>();
  readonly #status: Promise<number | null>;
  readonly #log: string[] = [];

  /** @param flags of Node, before the entry point */
  constructor(name: ProcessName, environment: NodeJS.ProcessEnv, flags: readonly string[] = []) {
    this.name = name;
    const main = fileURLToPath(new URL(`../../../${name}/src/main.ts`, import.meta.url));
    const env = { ...process.env, ADVOCATE_GRPC_PORT: '0', ADVOCATE_LOG_LEVEL: 'info', ...environment };
    this.#child = spawn(process.execPath, [...flags, main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const killAtExit = (): void => void this.#child.kill('SIGKILL');
    process.once('exit', killAtExit);
    this.#status = once(this.#child, 'close').then(([status]) => {
      process.off('exit', killAtExit);
      return status as number | null;
    });
    void this.#status.then(() => this.#serving.reject(new Error(`${name} ended before it served:\n${this.#log.join('\n')}`)));
    this.#serving.promise.catch(() => undefined);
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      if (output !== null) createInterface(output).on('line', (line) => this.#hear(line));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Where it serves; resolves once it does. Rejects with what it said when it ends before. */
  get serving(): Promise<Serving> {
    return this.#serving.promise;
  }

  /** What it has said of trouble so far. */
  get troubles(): readonly string[] {
    return this.#log.filter((line) => !line.startsWith('{"level":30'));
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#status;
  }

  /** SIGTERM; resolves with the exit status, which is null when a signal ended the process. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.#status;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  #hear(line: string): void {
    this.#log.push(line);
    if (!line.startsWith('{"level":30,')) return;
    const { port, url } = JSON.parse(line) as Partial<Serving>;
    if (port !== undefined) this.#serving.resolve({ port, ...(url === undefined ? {} : { url }) });
  }
}
