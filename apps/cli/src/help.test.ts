import { expect, test } from 'vitest';
import { commandNames, commandTable } from './command-table.ts';
import { helpText } from './help.ts';

test.each(commandNames)('the help for %s names its operands and options', (command) => {
  const text = helpText(command);
  for (const part of [command, ...commandTable[command].operands, ...commandTable[command].options]) expect(text).toContain(part);
});

test('the overview names every command', () => {
  for (const command of commandNames) expect(helpText('')).toContain(`advocate ${command}`);
});

test('a first word gives its commands only', () => {
  expect(helpText('jobs')).toContain('advocate jobs watch JOB');
  expect(helpText('jobs')).not.toContain('advocate import');
});
