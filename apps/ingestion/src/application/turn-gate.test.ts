import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TurnGate } from './turn-gate.ts';

/** Slices at a gate, by name; each is of the job that its first letter names. */
class Slices {
  readonly inside: string[] = [];
  readonly #gate: TurnGate;
  readonly #releases = new Map<string, () => void>();

  constructor(gate: TurnGate) {
    this.#gate = gate;
  }

  async come(name: string, size: number): Promise<void> {
    void this.#gate.enter(name.charAt(0), size).then((release) => {
      this.inside.push(name);
      this.#releases.set(name, release);
    });
    await setImmediate();
  }

  async leave(name: string): Promise<void> {
    this.#releases.get(name)?.();
    this.inside.splice(this.inside.indexOf(name), 1);
    await setImmediate();
  }
}

test('slices are let in as long as those inside are smaller than the limit, many small ones or few large ones', async () => {
  const slices = new Slices(new TurnGate(2.5));
  for (const [index, size] of [0.1, 0.2, 0.4, 0.8, 0.9].entries()) await slices.come(`a${index}`, size);
  expect(slices.inside).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
  await slices.come('a5', 1);
  expect(slices.inside).toHaveLength(6);
  await slices.come('a6', 0.1);
  await slices.leave('a0');
  await slices.leave('a1');
  expect(slices.inside).not.toContain('a6');
  await slices.leave('a5');
  expect(slices.inside).toContain('a6');
});

test('of those that wait, the job that has least inside comes first, then the one that waits longest', async () => {
  const slices = new Slices(new TurnGate(2.5));
  for (const name of ['a0', 'a1', 'a2', 'a3', 'b0', 'c0', 'b1']) await slices.come(name, 1);
  expect(slices.inside).toEqual(['a0', 'a1', 'a2']);
  for (const next of ['b0', 'c0', 'a3']) {
    await slices.leave(slices.inside[0]!);
    expect(slices.inside.at(-1)).toBe(next);
  }
  await slices.leave('b0');
  expect(slices.inside.at(-1)).toBe('b1');
});

test('to leave twice makes room once, and a closed gate lets everybody pass', async () => {
  const gate = new TurnGate(1);
  const release = await gate.enter('a', 1);
  let passed = 0;
  const others = [gate.enter('b', 1), gate.enter('c', 1)].map((entering) => entering.then(() => (passed += 1)));
  release();
  release();
  await setImmediate();
  expect(passed).toBe(1);
  gate.close();
  await Promise.all(others);
});
