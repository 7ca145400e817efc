#!/usr/bin/env node
// Starts the CLI from its sources, or from dist when there are none. Runs on any Node from 16 on: one that cannot run the CLI itself
// hands over to the Node that npm installed with the workspace.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, '../src/main.ts');
const built = join(here, '../dist/main.js');
const fromSource = existsSync(source);
const neededMajor = 24;

const isModern = Number.parseInt(process.versions.node, 10) >= neededMajor;
// Without sources, the other packages of the workspace have to resolve to their builds too.
const resolvesBuilds = fromSource || process.execArgv.some((flag) => flag.includes('production'));

if (isModern && resolvesBuilds) {
  hideExperimentalWarnings();
  const { main } = fromSource ? await import('../src/main.ts') : await import('../dist/main.js');
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = isModern ? process.execPath : findNode();
  if (node === undefined) {
    console.error(
      `advocate needs Node ${neededMajor} or newer and runs on ${process.versions.node}. 'npm install' in its repository brings one.`,
    );
    process.exitCode = 2;
  } else {
    handOver(node);
  }
}

/** `node:sqlite` and type stripping are stable enough for us; all other warnings stay. */
function hideExperimentalWarnings() {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') console.error(`${warning.name}: ${warning.message}`);
  });
}

/** The `node` package in the nearest node_modules upwards. */
function findNode() {
  const file = process.platform === 'win32' ? 'node_modules/node/bin/node.exe' : 'node_modules/node/bin/node';
  for (let folder = here; ; folder = dirname(folder)) {
    const candidate = join(folder, file);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Runs this file again under another Node or other flags, and ends as that process ends. */
function handOver(node) {
  const flags = fromSource ? [] : ['--conditions=production'];
  const child = spawn(node, [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`advocate could not start ${node}: ${error.message}`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}
