/** Prints how many tests passed, failed and were skipped, from reports in the format of Vitest's JSON: `node tools/count-tests.ts FILE...`. The line is CI's last one. */
import { readFileSync } from 'node:fs';

/** A field that is absent counts as 0. */
interface Report {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly numTodoTests?: number;
  /** Test files that failed to load have no tests to count. */
  readonly numFailedTestSuites?: number;
}

let [passed, failed, skipped] = [0, 0, 0];
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  passed += report.numPassedTests ?? 0;
  failed += report.numFailedTests ?? 0;
  if (report.numFailedTests === 0) failed += report.numFailedTestSuites ?? 0;
  skipped += (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
