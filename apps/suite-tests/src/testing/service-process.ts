import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const serviceNames = ['ingestion', 'participant', 'deletion', 'notification'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** A service as a process of its own, started as an operator starts it, on a free port. */
export class ServiceProcess {
  readonly name: ServiceName;
  readonly #child: ChildProcess;
  readonly #port = Promise.withResolvers<number>();
  readonly #status: Promise<number | null>;
  readonly #log: string[] = [];

  constructor(name: ServiceName, environment: Readonly<Record<string, string>>) {
    this.name = name;
    const main = fileURLToPath(new URL(`../../../${name}/src/main.ts`, import.meta.url));
    const env = { ...process.env, ...environment, ADVOCATE_GRPC_PORT: '0', ADVOCATE_LOG_LEVEL: 'info' };
    this.#child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const killAtExit = (): void => void this.#child.kill('SIGKILL');
    process.once('exit', killAtExit);
    this.#status = once(this.#child, 'close').then(([status]) => {
      process.off('exit', killAtExit);
      return status as number | null;
    });
    void this.#status.then(() => this.#port.reject(new Error(`${name} ended before it served:\n${this.#log.join('\n')}`)));
    this.#port.promise.catch(() => undefined);
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      if (output !== null) createInterface(output).on('line', (line) => this.#hear(line));
    }
  }

  /** Where it serves gRPC; resolves once it does. Rejects with what it said when it ends before. */
  get port(): Promise<number> {
    return this.#port.promise;
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

  #hear(line: string): void {
    this.#log.push(line);
    const port = /^\{"level":30,.*"port":(\d+),"engine":"distributed"/.exec(line)?.[1];
    if (port !== undefined) this.#port.resolve(Number(port));
  }
}
