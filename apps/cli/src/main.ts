import { readFileSync } from 'node:fs';
import { readArguments } from './arguments.ts';
import type { Invocation } from './arguments.ts';
import type { CommandName } from './command-table.ts';
import type { Command } from './commands/command.ts';
import { CommandError, Interrupted, UsageError } from './errors.ts';
import { ExitStatus } from './exit-status.ts';
import { helpText } from './help.ts';
import { listenForInterruption } from './interruption.ts';
import { Output } from './output/output.ts';

/** Each command loads its part when it runs: help and wrong usage answer before gRPC would be loaded. */
const commands: Readonly<Record<CommandName, () => Promise<Command>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  'import users': async () => (await import('./commands/import.ts')).importUsers,
  'import deletions': async () => (await import('./commands/import.ts')).importDeletions,
  'jobs list': async () => (await import('./commands/jobs.ts')).listJobs,
  'jobs get': async () => (await import('./commands/jobs.ts')).getJob,
  'jobs watch': async () => (await import('./commands/jobs.ts')).watchJob,
  'jobs cancel': async () => (await import('./commands/jobs.ts')).cancelJob,
  'jobs resume': async () => (await import('./commands/jobs.ts')).resumeJob,
  'jobs delete': async () => (await import('./commands/jobs.ts')).deleteJob,
  'jobs download': async () => (await import('./commands/jobs.ts')).downloadJob,
  'participants get': async () => (await import('./commands/participants.ts')).getParticipant,
  'participants find': async () => (await import('./commands/find-participants.ts')).findParticipants,
  'participants referrals': async () => (await import('./commands/referrals.ts')).listReferrals,
  'accounts get': async () => (await import('./commands/participants.ts')).getAccount,
  'dead-letters list': async () => (await import('./commands/dead-letters.ts')).listDeadLetters,
  'dead-letters replay': async () => (await import('./commands/dead-letters.ts')).replayDeadLetter,
  'webhooks create': async () => (await import('./commands/webhooks.ts')).createWebhook,
  'webhooks list': async () => (await import('./commands/webhooks.ts')).listWebhooks,
  'webhooks delete': async () => (await import('./commands/webhooks.ts')).deleteWebhook,
  'webhooks deliveries': async () => (await import('./commands/webhook-deliveries.ts')).listDeliveries,
  'webhooks replay': async () => (await import('./commands/webhook-deliveries.ts')).replayDeliveries,
  'segments create': async () => (await import('./commands/segments.ts')).createSegment,
  'segments list': async () => (await import('./commands/segments.ts')).listSegments,
};

/** Runs one command line and returns the exit status. Never throws: what went wrong is on standard error. */
export async function main(args: readonly string[]): Promise<number> {
  // A reader such as `head` may leave before everything is written.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    const parsed = readArguments(args);
    switch (parsed.kind) {
      case 'help':
        process.stdout.write(`${helpText(parsed.topic)}\n`);
        return ExitStatus.fine;
      case 'version':
        process.stdout.write(`${version()}\n`);
        return ExitStatus.fine;
      case 'run':
        return await run(parsed.invocation);
      default:
        return parsed satisfies never;
    }
  } catch (error) {
    return await explain(error);
  }
}

async function run({ command, operands, options }: Invocation): Promise<number> {
  const signal = listenForInterruption();
  const output = new Output(options.json ?? false, process.stdout, process.stderr);
  const runCommand = await commands[command]();
  return await runCommand({ operands, options, output, signal });
}

async function explain(error: unknown): Promise<number> {
  if (error instanceof Interrupted) return error.exitStatus;
  console.error(await reason(error));
  return ExitStatus.refused;
}

async function reason(error: unknown): Promise<string> {
  if (error instanceof UsageError || error instanceof CommandError) return error.message;
  const { isServiceError } = await import('./client/api.ts');
  if (isServiceError(error)) return (await import('./output/error-text.ts')).serviceErrorText(error);
  const isSystemError = error instanceof Error && 'syscall' in error;
  if (isSystemError) return error.message;
  return `This is a bug in advocate: ${error instanceof Error ? error.stack : String(error)}`;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string };
  return manifest.version;
}
