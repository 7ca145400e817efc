import { expect, test } from 'vitest';
import { Connection } from './connection.ts';

function setUp(answers: (boolean | 'nothing')[]) {
  const waits: { ms: number; run: () => void }[] = [];
  const connection = new Connection({
    probe: async () => {
      const answer = answers.shift();
      if (answer === undefined || answer === 'nothing') throw new TypeError('Failed to fetch');
      return answer;
    },
    later: (run, ms) => {
      waits.push({ ms, run });
      return () => {};
    },
  });
  const heard: string[] = [];
  connection.listen(({ away, returns }) => heard.push(`${away ? 'away' : 'back'} ${returns}`));
  /** Lets the last wait pass. */
  const pass = async (): Promise<void> => {
    waits.at(-1)!.run();
    await new Promise(setImmediate);
  };
  return { connection, waits, heard, pass };
}

test('a server that is away is asked until it answers and is healthy', async () => {
  const { connection, waits, heard, pass } = setUp(['nothing', false, true]);
  connection.lost();
  connection.lost();
  for (let time = 0; time < 3; time++) await pass();
  expect(heard).toEqual(['away 0', 'back 1']);
  expect(waits.map(({ ms }) => ms)).toEqual([500, 1000, 2000]);
});

test('waits grow up to five seconds', async () => {
  const { connection, waits, pass } = setUp([]);
  connection.lost();
  for (let time = 0; time < 5; time++) await pass();
  expect(waits.map(({ ms }) => ms)).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
});

test('each return is counted', async () => {
  const { connection, heard } = setUp([true, true]);
  for (let time = 0; time < 2; time++) {
    connection.lost();
    await connection.retry();
  }
  expect(heard).toEqual(['away 0', 'back 1', 'away 1', 'back 2']);
});

test('a doubt makes the server away only when it does not answer', async () => {
  const { connection, heard } = setUp([true, 'nothing']);
  await connection.check();
  expect(heard).toEqual([]);
  await connection.check();
  expect(heard).toEqual(['away 0']);
});
