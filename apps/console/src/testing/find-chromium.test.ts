import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../test-support.ts';
import { findChromium } from './find-chromium.ts';

test('the browser is the one that is named, else the first on the path that can be run', async () => {
  const folder = await folderWith({ 'one/chromium': '', 'two/google-chrome': '' });
  const PATH = [join(folder, 'one'), join(folder, 'two')].join(':');
  expect(findChromium({ PATH })).toBeUndefined();
  await chmod(join(folder, 'two/google-chrome'), 0o755);
  expect(findChromium({ PATH })).toBe(join(folder, 'two/google-chrome'));
  await chmod(join(folder, 'one/chromium'), 0o755);
  expect(findChromium({ PATH })).toBe(join(folder, 'one/chromium'));
  expect(findChromium({ PATH, CHROMIUM_PATH: '/opt/browser' })).toBe('/opt/browser');
  expect(findChromium({ PATH: '' })).toBeUndefined();
});
