import { spawn } from 'node:child_process';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@advocate/service';

const ownProject = fileURLToPath(new URL('..', import.meta.url));

/** What the web app is made of, in a checkout. */
const sources = ['web', 'vite.config.ts', '../../libs/format/src'];

/**
 * The folder of the built web app. In a checkout it is built first when it is missing or older than its sources; an older one is used all the same
 * when that fails. Throws with what to do when there is none.
 */
export async function findWebApp(logger: Logger, project = ownProject): Promise<string> {
  const built = join(project, 'dist', 'web');
  const builtAt = await builtSince(built);
  const changed = Math.max(...(await Promise.all(sources.map((name) => changedAt(join(project, name))))));
  if (changed === 0 && builtAt === 0) throw new Error(`The console is not built: there is no ${built}. Run 'npm run build' in a checkout.`);
  try {
    if (changed > builtAt) await build(project, built, changed);
  } catch (error) {
    if (builtAt === 0) throw error;
    logger.warn({ err: error }, 'The console could not be built anew; an older build is served');
  }
  return built;
}

const builtSince = (built: string): Promise<number> => changedAt(join(built, 'index.html'));

/** When a file, or the newest below a folder, was changed; 0 when there is none. */
async function changedAt(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return found?.mtimeMs ?? 0;
  const entries = await readdir(path);
  return Math.max(0, ...(await Promise.all(entries.map((entry) => changedAt(join(path, entry))))));
}

/** Builds beside the place and moves the whole there, unless another process that started at the same time was faster. */
async function build(project: string, built: string, changed: number): Promise<void> {
  const fresh = `${built}.${process.pid}.${performance.now()}`;
  const isDone = async (): Promise<boolean> => (await builtSince(built)) >= changed;
  try {
    await runVite(project, ['build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn']);
    if (await isDone()) return;
    await rm(built, { recursive: true, force: true });
    await rename(fresh, built);
  } catch (error) {
    if (!(await isDone())) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** In a process of its own, whose memory goes when it is done. */
async function runVite(project: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [viteCommand(), ...args], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const status = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (status !== 0) throw new Error(`The console could not be built: Vite ended with status ${status}. ${said.trim()}`);
}

function viteCommand(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  } catch (error) {
    throw new Error("The console is not built, and Vite, which builds it, is not installed. Run 'npm ci', and start again.", {
      cause: error,
    });
  }
}
