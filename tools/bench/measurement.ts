/** What one run of a file cost. */
export interface Measurement {
  readonly rows: number;
  readonly seconds: number;
  /** User and system time of the whole process while it ran. */
  readonly cpuSeconds: number;
  /** Peak resident memory of the process, from its start. */
  readonly peakMb: number;
  /** From the create call to the first stored outcome; only the suite has outcomes. */
  readonly firstOutcomeMs?: number;
}

/** Runs something and prints what it cost as JSON on standard output. */
export async function measure(run: () => Promise<Pick<Measurement, 'rows' | 'firstOutcomeMs'>>): Promise<void> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const result = await run();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const measurement: Measurement = {
    ...result,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(measurement));
}
