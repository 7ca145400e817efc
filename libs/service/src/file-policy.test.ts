import { expect, test } from 'vitest';
import { defaultFilePolicy, readFilePolicy } from './file-policy.ts';

test('files are kept for 30 days, and links lead to this machine, unless the environment says otherwise', () => {
  expect(readFilePolicy({})).toEqual(defaultFilePolicy);
  expect(readFilePolicy({ ADVOCATE_HTTP_PORT: '9090' }).consoleUrl).toBe('http://localhost:9090');
  const environment = {
    ADVOCATE_FILE_RETENTION_DAYS: '7',
    ADVOCATE_LINK_SECRET: 'a secret for tests',
    ADVOCATE_CONSOLE_URL: 'https://bulk.example.com:8443/',
  };
  expect(readFilePolicy(environment)).toEqual({
    fileRetentionMs: 7 * 24 * 3600 * 1000,
    linkSecret: 'a secret for tests',
    consoleUrl: 'https://bulk.example.com:8443',
  });
});

test.each(['0', '-1', '1.5', 'soon', '3651'])('%s days are refused', (days) => {
  expect(() => readFilePolicy({ ADVOCATE_FILE_RETENTION_DAYS: days })).toThrow('ADVOCATE_FILE_RETENTION_DAYS');
});

test.each(['/advocate', '/advocate/', '?a=1', '/?', '#jobs', '/#'])(
  'a console that is not at the root of its address is refused: %s',
  (rest) => {
    const read = (): unknown => readFilePolicy({ ADVOCATE_CONSOLE_URL: `https://bulk.example.com${rest}` });
    expect(read).toThrow('ADVOCATE_CONSOLE_URL: must be like https://bulk.example.com, without a path, query or hash');
  },
);

test('a console address that is none is refused for that alone', () => {
  const read = (): unknown => readFilePolicy({ ADVOCATE_CONSOLE_URL: 'ftp://bulk.example.com/a' });
  expect(read).toThrow('ADVOCATE_CONSOLE_URL: must be an http or https address. See');
});
