/** Prints how many tests passed, failed and were skipped, from Vitest's JSON report: `node tools/count-tests.ts FILE`. The line is CI's last one. */
import { readFileSync } from 'node:fs';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Test files that failed to load have no tests to count. */
  readonly numFailedTestSuites: number;
}

const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Report;
const failed = report.numFailedTests + (report.numFailedTests === 0 ? report.numFailedTestSuites : 0);
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
