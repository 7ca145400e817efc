/**
 * Takes the pictures of the console in docs/screenshots, and writes docs/console.md, which shows them: starts a suite on a temporary folder, uses it in
 * Chromium with files of people who are made up, and brings about each state. `npm run screenshots`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAllInOne } from '@advocate/all-in-one';
import { ConsoleBrowser, findChromium } from '@advocate/console/testing';
import { Album } from './screenshots/album.ts';
import { writeConsolePage } from './screenshots/console-page.ts';
import { takeScenes } from './screenshots/scenes.ts';

const chromium = findChromium();
if (chromium === undefined) {
  console.error('There is no Chromium. Install one, or name it in CHROMIUM_PATH.');
  process.exit(1);
}
await using resources = new AsyncDisposableStack();
const dataDir = await mkdtemp(join(tmpdir(), 'advocate-screenshots-'));
resources.defer(() => rm(dataDir, { recursive: true, force: true }));
const browser = resources.use(await ConsoleBrowser.launch(chromium));
const suite = await startAllInOne({ dataDir, logLevel: 'error', console: { host: '127.0.0.1', port: 0, tenant: 'default' } });
const album = new Album('docs/screenshots');
await takeScenes({ album, browser, suite, dataDir });
writeConsolePage('docs/console.md');
console.log(album.summary);
