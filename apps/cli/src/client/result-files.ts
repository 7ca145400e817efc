import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DownloadFileRequest_Kind, DownloadFileResponse } from '@advocate/contracts';
import { read } from '@advocate/contracts';
import { CommandError } from '../errors.ts';
import { isNotFound } from './api.ts';
import type { Api } from './api.ts';

/** Makes the folder for result files, so that a bad one is refused before any work is done. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new CommandError(`Result files cannot go to '${folder}': ${(error as Error).message}.`, { cause: error });
  }
}

/** Saves those result files that a finished job has, and answers where. A file appears under its name when it is complete, never before. */
export async function saveResultFiles(api: Api, job: string, folder: string, signal: AbortSignal): Promise<readonly string[]> {
  await prepareFolder(folder);
  const paths: string[] = [];
  for (const kind of ['RESULTS', 'ERRORS', 'FAILED_ROWS'] as const) {
    const path = await saveFile(api, job, kind, folder, signal);
    if (path !== undefined) paths.push(path);
  }
  return paths;
}

/** The first bytes of a finished job's file, at least `bytes` if it is that long; undefined if there is no such file. */
export async function headOfFile(
  api: Api,
  job: string,
  kind: DownloadFileRequest_Kind,
  bytes: number,
  signal: AbortSignal,
): Promise<{ readonly filename: string; readonly head: Buffer } | undefined> {
  let filename = '';
  const blocks: Buffer[] = [];
  let size = 0;
  try {
    for await (const message of read(api.jobs.downloadFile({ name: job, kind }), signal)) {
      filename ||= message.filename;
      blocks.push(message.data);
      size += message.data.length;
      if (size >= bytes) break;
    }
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
  return { filename, head: Buffer.concat(blocks) };
}

async function saveFile(
  api: Api,
  job: string,
  kind: DownloadFileRequest_Kind,
  folder: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const messages = read(api.jobs.downloadFile({ name: job, kind }), signal);
  try {
    const first = await messages.next();
    if (first.done) return undefined;
    // The name comes from outside and must not lead out of the folder.
    const path = join(folder, basename(first.value.filename));
    const unfinished = `${path}.${process.pid}.part`;
    try {
      await pipeline(bytesOf(first.value, messages), createWriteStream(unfinished));
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    return path;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  } finally {
    await messages.return();
  }
}

async function* bytesOf(first: DownloadFileResponse, others: AsyncIterable<DownloadFileResponse>): AsyncGenerator<Buffer> {
  yield first.data;
  for await (const message of others) yield message.data;
}
