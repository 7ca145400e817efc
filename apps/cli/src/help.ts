import { commandNames, commandTable, optionTable } from './command-table.ts';
import type { CommandName, CommandSpec, OptionName, OptionSpec } from './command-table.ts';

/** The help for a command, for all commands that begin with a word, or for everything. */
export function helpText(topic: string): string {
  const exact = commandNames.find((name) => name === topic);
  if (exact !== undefined) return commandHelp(exact);
  if (topic !== '') return `${overview(commandNames.filter((name) => name.startsWith(`${topic} `)))}\n\nMore: advocate help COMMAND`;
  return [
    'Imports files of participants and of deletions into Advocate Bulk.',
    '',
    overview(commandNames),
    '',
    'Every command but serve:',
    ...optionLines(['server', 'data', 'tenant', 'json']),
    '',
    'Exit status: 0 all fine; 1 some rows failed; 2 refused, aborted, cancelled, not there, or wrong usage; 130 interrupted.',
    "More: 'advocate help COMMAND', and 'advocate --version'.",
  ].join('\n');
}

function commandHelp(command: CommandName): string {
  const spec: CommandSpec = commandTable[command];
  return [
    `Usage: ${usage(command)} [OPTION]...`,
    '',
    spec.summary,
    ...(spec.notes ?? []),
    '',
    'Options:',
    ...optionLines([...spec.options, 'help']),
  ].join('\n');
}

const usage = (command: CommandName): string => ['advocate', command, ...commandTable[command].operands].join(' ');

const overview = (commands: readonly CommandName[]): string =>
  ['Commands:', ...columns(commands.map((command) => [usage(command), commandTable[command].summary]))].join('\n');

const optionLines = (names: readonly OptionName[]): string[] =>
  columns(
    names.map((name) => {
      const spec: OptionSpec = optionTable[name];
      return [`--${name}${spec.value === undefined ? '' : ` ${spec.value}`}`, spec.help];
    }),
  );

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
