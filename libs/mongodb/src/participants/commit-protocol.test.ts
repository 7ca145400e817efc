import { describe, expect, test } from 'vitest';
import { runModel } from './testing/model-run.ts';
import { faults } from './testing/world.ts';

const interleavings = 50_000;

describe('the commit protocol, as a model', () => {
  test(`holds in ${interleavings.toLocaleString('en-US')} interleavings with crashes and redeliveries`, { timeout: 300_000 }, async () => {
    let steps = 0;
    for (let seed = 1; seed <= interleavings; seed += 1) {
      const run = await runModel(seed);
      steps += run.steps;
      if (run.violations.length > 0) expect.fail(`Seed ${seed}: ${run.violations.join('; ')}`);
    }
    expect(steps / interleavings).toBeGreaterThan(50);
  });

  test.for(faults)('is seen to fail with this planted: %s', { timeout: 300_000 }, async (fault) => {
    for (let seed = 1; seed <= interleavings; seed += 1) {
      if ((await runModel(seed, fault)).violations.length > 0) return;
    }
    expect.fail('The model did not find it');
  });
});
