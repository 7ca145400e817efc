import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConsoleTab } from '@advocate/console/testing';
import { difference, readPng, writePng } from './png.ts';

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 375, height: 812 } } as const;
const schemes = ['light', 'dark'] as const;

/** The ways in which each state is shown: `desktop-light` and so on. */
export const views = Object.entries(sizes).flatMap(([size, viewport]) =>
  schemes.map((scheme) => ({ view: `${size}-${scheme}`, viewport, scheme })),
);

/** Less than this share of a picture is moved by times, ids and rates. */
const noise = 0.02;

/** The folder with the pictures of the console. */
export class Album {
  readonly #folder: string;
  #kept = 0;
  #written = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Takes the pictures of what a tab shows, or of the whole page. One that is as good as the same as the picture before leaves it as it is. */
  async take({ page }: ConsoleTab, name: string, { whole = false } = {}): Promise<void> {
    // A plot is drawn anew four times a second.
    await pause(300);
    for (const { view, viewport, scheme } of views) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      if (whole) await page.evaluate('scrollTo(0, 0)');
      // The plot follows the size of its place a frame later.
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
      this.#keep(join(this.#folder, `${name}-${view}.png`), await page.screenshot({ animations: 'disabled', fullPage: whole }));
    }
  }

  /** `52 pictures: 3 written, 49 as before`. */
  get summary(): string {
    return `${this.#written + this.#kept} pictures: ${this.#written} written, ${this.#kept} as before`;
  }

  #keep(file: string, screenshot: Buffer): void {
    const picture = readPng(screenshot);
    if (existsSync(file) && difference(picture, readPng(readFileSync(file))) < noise) {
      this.#kept += 1;
      return;
    }
    writeFileSync(file, writePng(picture));
    this.#written += 1;
  }
}
