import { expect, test } from 'vitest';
import { BatchCommits } from './batch-commits.ts';

function recorded() {
  const requests: (PromiseWithResolvers<void> & { readonly offset: string })[] = [];
  const commits = new BatchCommits((offset) => {
    const request = { offset, ...Promise.withResolvers<void>() };
    requests.push(request);
    return request.promise;
  });
  return { commits, requests, offsets: () => requests.map(({ offset }) => offset) };
}

test('one commit is under way at a time, and the next is of the newest offset', async () => {
  const { commits, requests, offsets } = recorded();
  for (const offset of ['7', '8', '9']) commits.add(offset);
  expect(offsets()).toEqual(['8']);
  let settled = false;
  const settling = commits.settle().then(() => (settled = true));
  requests[0]!.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect(offsets()).toEqual(['8', '10']);
  expect(settled).toBe(false);
  requests[1]!.resolve();
  await settling;
  commits.add('10');
  expect(offsets()).toEqual(['8', '10', '11']);
});

test('a commit that fails is told to the next who asks, and nothing is committed after it', async () => {
  const { commits, requests, offsets } = recorded();
  commits.add('7');
  commits.add('8');
  requests[0]!.reject(new Error('another has the partition'));
  await expect(commits.settle()).rejects.toThrow('another has the partition');
  expect(() => commits.add('9')).toThrow('another has the partition');
  expect(offsets()).toEqual(['8']);
});

test('there is nothing to wait for when nothing was consumed', async () => {
  await recorded().commits.settle();
});
