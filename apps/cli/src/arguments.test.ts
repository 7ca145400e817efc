import { describe, expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

const run = (line: string) => {
  const parsed = readArguments(line.split(' '));
  if (parsed.kind !== 'run') throw new Error(`'${line}' is ${parsed.kind}`);
  return parsed.invocation;
};
const problem = (line: string): string => {
  try {
    readArguments(line === '' ? [] : line.split(' '));
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`'${line}' is accepted`);
};

describe('a command line', () => {
  test('gives the command, its operands and its options, wherever the options stand', () => {
    expect(run('--tenant acme import users --segment vip a.csv --segment ~old --no-wait')).toEqual({
      command: 'import users',
      operands: ['a.csv'],
      options: { tenant: 'acme', segment: ['vip', '~old'], 'no-wait': true },
    });
  });

  test('takes standard input when the format is said', () => {
    expect(run('import deletions - --format jsonl').operands).toEqual(['-']);
    expect(problem('import deletions -')).toContain("'--format csv'");
  });

  test('takes everything after -- as it is', () => {
    expect(run('participants get -- -a --b').operands).toEqual(['-a', '--b']);
  });

  test.each([
    ['serve', 'serve'],
    ['serve --data d --grpc-port 0 --http-port off', 'serve'],
    ['jobs list --json', 'jobs list'],
    ['jobs watch 0123456789abcdef01234567 --server [::1]:50051', 'jobs watch'],
    ['segments create vip --name V', 'segments create'],
    ['accounts get a1 --data d', 'accounts get'],
    ['participants find --email a@example.com', 'participants find'],
    ['participants referrals a1 u1', 'participants referrals'],
    ['webhooks create https://example.com --event completed --event ABORTED', 'webhooks create'],
    ['webhooks replay 0123456789abcdef01234567 --since 7d --failed', 'webhooks replay'],
  ])('%s', (line, command) => {
    expect(run(line).command).toBe(command);
  });
});

describe('help and version', () => {
  test.each([
    ['--help', ''],
    ['help', ''],
    ['jobs -h', 'jobs'],
    ['help import users', 'import users'],
    ['import users --help', 'import users'],
    ['import users a.csv --help', 'import users'],
  ])('%s', (line, topic) => {
    expect(readArguments(line.split(' '))).toEqual({ kind: 'help', topic });
  });

  test('--version', () => {
    expect(readArguments(['--version'])).toEqual({ kind: 'version' });
  });

  test('do not hide an unknown command', () => {
    expect(problem('help jbos')).toContain("Did you mean 'jobs'?");
  });
});

describe('wrong usage is explained', () => {
  test.each([
    ['', "No command was given. See 'advocate --help'."],
    ['jbos list', "Unknown command 'jbos'. Did you mean 'jobs'? See 'advocate --help'."],
    ['frobnicate', "Unknown command 'frobnicate'. See 'advocate --help'."],
    ['import user a.csv', "Unknown command 'import user'. Did you mean 'import users'? See 'advocate --help'."],
    ['import delete a.csv', "Unknown command 'import delete'. 'import' takes: users, deletions. See 'advocate --help'."],
    ['import', "'advocate import' needs one of: users, deletions. See 'advocate --help'."],
    ['--jsno', "Unknown option '--jsno'. Did you mean '--json'? See 'advocate --help'."],
    ['jobs list --sever x:1', "Unknown option '--sever'. Did you mean '--server'? See 'advocate --help'."],
    ['jobs list -x', "Unknown option '-x'. See 'advocate --help'."],
    ['import users', "'advocate import users' needs FILE. See 'advocate import users --help'."],
    ['participants get', "'advocate participants get' needs ACCOUNT and ID. See 'advocate participants get --help'."],
    ['jobs list x', "Unexpected argument 'x': 'advocate jobs list' takes no arguments. See 'advocate jobs list --help'."],
    ['import users a b', "Unexpected argument 'b': 'advocate import users' takes FILE only. See 'advocate import users --help'."],
    ['import users a --out', "Option '--out' needs DIR. See 'advocate import users --help'."],
    ['import users a --out=', "Option '--out' needs DIR. See 'advocate import users --help'."],
    ['import users a --json=yes', "Option '--json' takes no value. See 'advocate import users --help'."],
    ['import users a --out b --out c', "Option '--out' is given twice. See 'advocate import users --help'."],
    ['jobs list --server localhost', "Option '--server' takes HOST:PORT, not 'localhost'. See 'advocate jobs list --help'."],
    ['serve --http-port on', "Option '--http-port' takes a port from 0 to 65535, or 'off', not 'on'. See 'advocate serve --help'."],
    [
      'webhooks create https://example.com --event progress',
      "Option '--event' takes created, started, completed, aborted or cancelled, not 'progress'. See 'advocate webhooks create --help'.",
    ],
    ['serve --grpc-port 70000', "Option '--grpc-port' takes a port from 0 to 65535, not '70000'. See 'advocate serve --help'."],
    ['import users - --format xml', "Option '--format' takes 'csv' or 'jsonl', not 'xml'. See 'advocate import users --help'."],
  ])('%s', (line, message) => {
    expect(problem(line)).toBe(message);
  });

  test.each([
    ['import deletions a --segment vip', "Option '--segment' does not go with 'import deletions', only with 'import users'."],
    ['import deletions a --program-id p', "Option '--program-id' does not go with 'import deletions', only with 'import users'."],
    ['import users a --do-not-track', "Option '--do-not-track' does not go with 'import users', only with 'import deletions'."],
    ['import users a --preserve-empty-accounts', "Option '--preserve-empty-accounts' does not go with 'import users'"],
    ['serve --server a:1', "Option '--server' does not go with 'serve'"],
    ['jobs list --server a:1 --data d', "'--server' and '--data' exclude each other"],
    ['participants find', "'advocate participants find' takes one of --id, --email and --code."],
    ['participants find --id a --code b', "'advocate participants find' takes one of --id, --email and --code."],
    ['import users a --data d --no-wait', "'--no-wait' does not go with '--data': the job runs in this very process."],
    ['import users a --no-wait --validate-only', "'--no-wait' does not go with '--validate-only'"],
    ['import users a --name -x', "a value that begins with '-' is written --name=-x"],
  ])('%s', (line, message) => {
    expect(problem(line)).toContain(message);
  });
});
