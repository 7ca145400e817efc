import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const names = ['ingestion', 'participant', 'deletion', 'notification'] as const;

export interface ServiceCost {
  readonly service: string;
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

export interface ServiceProcesses extends AsyncDisposable {
  readonly grpcPort: number;
  /** Processor seconds of each service so far; peaks of memory count anew from here. */
  reset(): ReadonlyMap<string, number>;
  /** What each service has cost since then. */
  since(before: ReadonlyMap<string, number>): readonly ServiceCost[];
}

export interface ServicesOptions {
  readonly kafka: string;
  readonly mongodb: string;
  /** Of the database, and the prefix of topics. */
  readonly name: string;
  readonly partitions: number;
  readonly folder: string;
}

/** Starts the four services as processes on the distributed engine. */
export async function startServices(options: ServicesOptions): Promise<ServiceProcesses> {
  const { kafka, mongodb, name, partitions, folder } = options;
  const env = {
    ...process.env,
    ADVOCATE_ENGINE: 'distributed',
    ADVOCATE_KAFKA_BROKERS: kafka,
    ADVOCATE_KAFKA_TOPIC_PREFIX: `${name}.`,
    ADVOCATE_MONGODB_URI: mongodb,
    ADVOCATE_MONGODB_DATABASE: name,
    ADVOCATE_PARTITIONS: String(partitions),
    ADVOCATE_DATA_DIR: folder,
    ADVOCATE_GRPC_PORT: '0',
    ADVOCATE_LOG_LEVEL: 'info',
    ADVOCATE_MAX_FILE_BYTES: String(2 ** 31),
  };
  const processes = new Map<string, ChildProcess>();
  const ports = new Map<string, number>();
  await Promise.all(
    names.map(async (service) => {
      const child = spawn(process.execPath, ['--max-semi-space-size=32', `apps/${service}/src/main.ts`], {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      processes.set(service, child);
      ports.set(service, await portOf(child));
    }),
  );
  return {
    grpcPort: ports.get('ingestion') ?? 0,
    reset: () => new Map(Array.from(processes, ([service, { pid }]) => [service, (forgetPeak(pid), cpuSeconds(pid))])),
    since: (before) =>
      Array.from(processes, ([service, { pid }]) => ({
        ...{ service, cpuSeconds: cpuSeconds(pid) - (before.get(service) ?? 0), peakMb: peakMb(pid) },
      })),
    async [Symbol.asyncDispose]() {
      await Promise.all(
        Array.from(processes.values(), async (child) => {
          child.kill('SIGTERM');
          await once(child, 'exit');
        }),
      );
    },
  };
}

/** Reads the log for the port; warnings go on to the console. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`A service ended with status ${code}`)));
    createInterface({ input: child.stderr! }).on('line', (line) => {
      const { port, level } = JSON.parse(line) as { readonly port?: number; readonly level: number };
      if (level > 40) console.error(line);
      if (port !== undefined) resolve(port);
    });
  });
}

/** In `/proc`, the kernel counts in hundredths of seconds. */
function cpuSeconds(pid = 0): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function peakMb(pid = 0): number {
  const [, kilobytes = '0'] = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

function forgetPeak(pid = 0): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
