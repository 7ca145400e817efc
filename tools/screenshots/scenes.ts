import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AllInOne } from '@advocate/all-in-one';
import type { ConsoleBrowser, ConsoleTab } from '@advocate/console/testing';
import type { Album } from './album.ts';
import { createSegment, recordHistory } from './history.ts';
import { crowd, leavers, programme, springCampaign } from './sample.ts';

export interface Stage {
  readonly album: Album;
  readonly browser: ConsoleBrowser;
  readonly suite: AllInOne;
  readonly dataDir: string;
}

const jobs = '/t/default/jobs';
const campaign = { name: 'spring-campaign.csv', content: springCampaign(60_000) };

/** Brings about each state of the console in turn, and takes its pictures. Stops the suite in the end. */
export async function takeScenes({ album, browser, suite, dataDir }: Stage): Promise<void> {
  await using tab = await openTab(browser, suite);
  await tab.goto(jobs);
  await album.take(tab, 'jobs-empty');
  await tab.visit('Import');
  await album.take(tab, 'import');

  await importProgramme(tab, suite.grpcPort);
  await tab.goto('/t/default/participants?by=id&q=ada');
  await album.take(tab, 'participants');
  await tab.goto('/t/default/participants/account?id=harbour-tea&user=ada');
  await album.take(tab, 'account', { whole: true });

  const start = await tab.prepareImport('Users', campaign, 'Spring campaign');
  await start.waitFor();
  await album.take(tab, 'import-preview', { whole: true });
  await start.click();
  await tab.jobEnd();
  await tab.settled();
  await album.take(tab, 'job-failed-rows', { whole: true });
  const campaignPage = new URL(tab.page.url()).pathname;

  const deletion = await tab.prepareImport('Delete Users', { name: 'leavers.csv', content: leavers(500) }, 'Leavers');
  await deletion.click();
  await tab.page.getByLabel(/^Type the number of rows/).fill('500');
  await album.take(tab, 'deletion-confirmation');
  await tab.confirmDeletion();
  await tab.jobEnd();

  await (await tab.prepareImport('Users', { name: 'everybody.csv', content: crowd(400_000) }, 'Everybody')).click();
  await tab.page.getByText(/^[345]\d%$/).waitFor();
  await album.take(tab, 'job-running');
  await tab.visit('Imports & Exports');
  await tab.page.getByText(/about .* left/).waitFor();
  await album.take(tab, 'jobs');
  await rm(join(dataDir, 'files', 'imports'), { recursive: true });
  await tab.page.getByRole('link', { name: 'Everybody' }).click();
  await tab.jobEnd();
  await tab.settled();
  await album.take(tab, 'job-aborted');

  await tab.visit('Imports & Exports');
  await tab.settled();
  await takeExpired(album, browser, suite, campaignPage);
  await takeLoading(album, browser, suite);
  await suite[Symbol.asyncDispose]();
  await tab.page.getByText('The server does not answer').waitFor();
  await album.take(tab, 'server-away');
}

async function importProgramme(tab: ConsoleTab, grpcPort: number): Promise<void> {
  await createSegment(grpcPort, 'founders', 'Founders');
  const start = await tab.prepareImport('Users', { name: 'referral-program.csv', content: programme }, 'Referral program');
  await tab.page.getByLabel('Segment key').fill('founders');
  await tab.page.getByRole('button', { name: 'Add', exact: true }).click();
  await start.click();
  await tab.jobEnd();
  await recordHistory(grpcPort);
}

const dayMs = 24 * 3600 * 1000;

/** A tab with a face that resembles those which computers of people have for their own texts; the one of a server is whatever comes first. */
async function openTab(browser: ConsoleBrowser, { consoleUrl = '' }: AllInOne): Promise<ConsoleTab> {
  const tab = await browser.openTab(consoleUrl);
  const setFace = `document.documentElement.style.setProperty('--sans', 'Inter, Roboto, "Noto Sans", sans-serif')`;
  await tab.page.addInitScript(`addEventListener('DOMContentLoaded', () => ${setFace})`);
  return tab;
}

/** The page of a job as it is 31 days later. */
async function takeExpired(album: Album, browser: ConsoleBrowser, suite: AllInOne, path: string): Promise<void> {
  await using tab = await openTab(browser, suite);
  await tab.page.addInitScript(`{ const now = Date.now; Date.now = () => now() + ${31 * dayMs}; }`);
  await tab.goto(path);
  await album.take(tab, 'job-expired');
}

/** The jobs of a server that takes its time. */
async function takeLoading(album: Album, browser: ConsoleBrowser, suite: AllInOne): Promise<void> {
  await using tab = await openTab(browser, suite);
  await tab.page.route('**/importJobs*', () => {});
  await tab.page.goto(jobs);
  await tab.page.locator('.skeleton').waitFor();
  await album.take(tab, 'loading');
}
