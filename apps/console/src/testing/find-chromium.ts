import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser that the machine has: the one that CHROMIUM_PATH names, or else the first on the PATH; undefined when there is none. */
export function findChromium({ CHROMIUM_PATH: named, PATH = '' }: NodeJS.ProcessEnv = process.env): string | undefined {
  if (named !== undefined && named !== '') return named;
  const files = names.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  return files.find(isExecutable);
}

/** The same for tests, which are skipped without one, and say so. */
export function chromiumForTests(): string | undefined {
  const found = findChromium();
  if (found === undefined) console.log('Skipped: the tests in a browser. Install Chromium, or name one in CHROMIUM_PATH, to run them.');
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
