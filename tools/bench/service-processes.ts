import { readFileSync, writeFileSync } from 'node:fs';
import { serviceNames, ServiceProcess } from '@advocate/all-in-one/service-process';

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

/** Starts the four services as processes on the distributed engine, with the options of Node that docs/operations.md recommends. */
export async function startServices(options: ServicesOptions): Promise<ServiceProcesses> {
  const { kafka, mongodb, name, partitions, folder } = options;
  const env = {
    ADVOCATE_ENGINE: 'distributed',
    ADVOCATE_KAFKA_BROKERS: kafka,
    ADVOCATE_KAFKA_TOPIC_PREFIX: `${name}.`,
    ADVOCATE_MONGODB_URI: mongodb,
    ADVOCATE_MONGODB_DATABASE: name,
    ADVOCATE_PARTITIONS: String(partitions),
    ADVOCATE_DATA_DIR: folder,
    ADVOCATE_MAX_FILE_BYTES: String(2 ** 31),
  };
  const processes = serviceNames.map((name) => new ServiceProcess(name, env, ['--max-semi-space-size=64']));
  const [ingestion] = await Promise.all(processes.map(({ serving }) => serving));
  return {
    grpcPort: ingestion?.port ?? 0,
    reset: () => new Map(processes.map(({ name: service, pid }) => [service, (forgetPeak(pid), cpuSeconds(pid))])),
    since: (before) =>
      processes.map(({ name: service, pid }) => ({
        ...{ service, cpuSeconds: cpuSeconds(pid) - (before.get(service) ?? 0), peakMb: peakMb(pid) },
      })),
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((service) => service.stop()));
      for (const line of processes.flatMap(({ troubles }) => troubles)) console.error(line);
    },
  };
}

/** In `/proc`, the kernel counts in hundredths of seconds. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function peakMb(pid: number): number {
  const [, kilobytes = '0'] = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
