import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@advocate/service';
import { expect, test } from 'vitest';
import { folderWith } from './test-support.ts';
import { findWebApp } from './web-build.ts';

const logger = createLogger('test', 'silent');
const sources = {
  'vite.config.ts': "export default { root: import.meta.dirname + '/web', build: { outDir: '../dist/web' } };\n",
  'web/index.html': '<!doctype html><title>One</title><script type="module" src="/main.ts"></script>\n',
  'web/main.ts': 'document.title = "main";\n',
};

const page = async (folder: string): Promise<string> => readFile(join(folder, 'index.html'), 'utf8');

test('a checkout builds the web app when it is missing or older than its sources, and not otherwise', async () => {
  const project = await folderWith(sources);
  const folder = await findWebApp(logger, project);
  expect(await page(folder)).toMatch(/src="\/assets\/index-[^"]+\.js".*<title>One</s);

  await writeFile(join(folder, 'mark'), '');
  expect(await findWebApp(logger, project)).toBe(folder);
  expect(await readdir(folder)).toContain('mark');

  await writeFile(join(project, 'web/index.html'), sources['web/index.html'].replace('One', 'Two'));
  const later = Date.now() / 1000 + 5;
  await utimes(join(project, 'web/index.html'), later, later);
  await findWebApp(logger, project);
  expect(await page(folder)).toContain('<title>Two<');
  expect(await readdir(join(project, 'dist'))).toEqual(['web']);
});

test('processes that start together end with one whole web app', async () => {
  const project = await folderWith(sources);
  const folders = await Promise.all([1, 2, 3].map(() => findWebApp(logger, project)));
  for (const folder of folders) expect(await page(folder)).toContain('<title>One<');
  expect(await readdir(join(project, 'dist'))).toEqual(['web']);
});

test('what cannot be built leaves the build before; without one it says why', async () => {
  const project = await folderWith({ ...sources, 'web/main.ts': 'import "./missing.ts";\n' });
  await expect(findWebApp(logger, project)).rejects.toThrow(/could not be built.*missing\.ts/s);
  const older = await folderWith({ ...sources, 'dist/web/index.html': 'older', 'web/main.ts': 'import "./missing.ts";\n' });
  const long = Date.now() / 1000 - 60;
  await utimes(join(older, 'dist/web/index.html'), long, long);
  expect(await page(await findWebApp(logger, older))).toBe('older');
});

test('an installation has only what was built', async () => {
  const built = await folderWith({ 'dist/web/index.html': 'built' });
  expect(await page(await findWebApp(logger, built))).toBe('built');
  await expect(findWebApp(logger, await folderWith({}))).rejects.toThrow(/not built.*npm run build/s);
});
