export { ConsoleBrowser, type LongestTasks } from './console-browser.ts';
export { type ChosenFile, ConsoleTab } from './console-tab.ts';
export { chromiumForTests, findChromium } from './find-chromium.ts';
