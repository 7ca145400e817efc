import { parseArgs } from 'node:util';
import { commandNames, commandTable, optionTable } from './command-table.ts';
import type { CommandName, CommandSpec, OptionName, Options, OptionSpec } from './command-table.ts';
import { UsageError } from './errors.ts';
import { nearName } from './near-name.ts';
import { readSince } from './since.ts';

/** A command with all that it needs, checked. */
export interface Invocation {
  readonly command: CommandName;
  readonly operands: readonly string[];
  readonly options: Options;
}

export type Arguments =
  | { readonly kind: 'run'; readonly invocation: Invocation }
  /** The topic is a command, the first word of some, or empty for everything. */
  | { readonly kind: 'help'; readonly topic: string }
  | { readonly kind: 'version' };

interface GivenOption {
  readonly rawName: string;
  readonly name: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** Reads a command line. Throws a UsageError, with what was probably meant, when it asks for something that does not exist or fit. */
export function readArguments(args: readonly string[]): Arguments {
  const { tokens } = parseArgs({ args: [...args], options: optionTable, strict: false, allowPositionals: true, tokens: true });
  const words = tokens.filter((token) => token.kind === 'positional').map((token) => token.value);
  const given = tokens.filter((token) => token.kind === 'option');

  const asksForHelp = given.some((option) => option.name === 'help');
  if (words[0] === 'help') return { kind: 'help', topic: helpTopic(words.slice(1)) };
  if (asksForHelp) return { kind: 'help', topic: helpTopic(words) };
  if (given.some((option) => option.name === 'version')) return { kind: 'version' };
  if (words.length === 0) throw new UsageError(unknownOption(given, commandNames) ?? `No command was given. ${seeHelp}`);

  const command = readCommand(words);
  const problem = unknownOption(given, [command]);
  if (problem !== undefined) throw new UsageError(problem);
  const operands = readOperands(command, words.slice(command.split(' ').length));
  const options = readOptions(command, given);
  checkTogether(command, operands, options);
  return { kind: 'run', invocation: { command, operands, options } };
}

const seeHelp = "See 'advocate --help'.";
const seeCommand = (command: CommandName): string => `See 'advocate ${command} --help'.`;
const didYouMean = (name: string | undefined): string => (name === undefined ? '' : ` Did you mean '${name}'?`);

const groups = [...new Set(commandNames.map((name) => name.split(' ')[0]!))];
const inGroup = (group: string): CommandName[] => commandNames.filter((name) => name.split(' ')[0] === group);

/** The command that the first one or two words name. */
function readCommand(words: readonly string[]): CommandName {
  const command = commandNames.find((name) => name.split(' ').every((word, index) => word === words[index]));
  if (command !== undefined) return command;
  const [group = '', member] = words;
  if (!groups.includes(group)) {
    throw new UsageError(`Unknown command '${group}'.${didYouMean(nearName(group, [...groups, 'help']))} ${seeHelp}`);
  }
  const members = inGroup(group).map((name) => name.split(' ')[1]!);
  if (member === undefined) throw new UsageError(`'advocate ${group}' needs one of: ${members.join(', ')}. ${seeHelp}`);
  const near = nearName(member, members) ?? members.find((name) => name.startsWith(member));
  const meant = near === undefined ? ` '${group}' takes: ${members.join(', ')}.` : didYouMean(`${group} ${near}`);
  throw new UsageError(`Unknown command '${group} ${member}'.${meant} ${seeHelp}`);
}

function helpTopic(words: readonly string[]): string {
  const [first] = words;
  if (first === undefined) return '';
  return words.length === 1 && groups.includes(first) ? first : readCommand(words);
}

function readOperands(command: CommandName, operands: readonly string[]): readonly string[] {
  const names: readonly string[] = commandTable[command].operands;
  const missing = names.slice(operands.length);
  if (missing.length > 0) throw new UsageError(`'advocate ${command}' needs ${missing.join(' and ')}. ${seeCommand(command)}`);
  const extra = operands[names.length];
  if (extra !== undefined) {
    const takes = names.length === 0 ? 'takes no arguments' : `takes ${names.join(' and ')} only`;
    throw new UsageError(`Unexpected argument '${extra}': 'advocate ${command}' ${takes}. ${seeCommand(command)}`);
  }
  const empty = operands.findIndex((operand) => operand === '');
  if (empty !== -1) throw new UsageError(`${names[empty]} is empty. ${seeCommand(command)}`);
  return operands;
}

/** What is wrong with the first option that exists nowhere; suggestions come from the options of the commands. */
function unknownOption(given: readonly GivenOption[], commands: readonly CommandName[]): string | undefined {
  const unknown = given.find((option) => !Object.hasOwn(optionTable, option.name));
  if (unknown === undefined) return undefined;
  const known: string[] = commands.flatMap((command): readonly OptionName[] => [...commandTable[command].options, 'help', 'version']);
  const near = nearName(unknown.name, known) ?? nearName(unknown.name, Object.keys(optionTable));
  return `Unknown option '${unknown.rawName}'.${didYouMean(near && `--${near}`)} ${seeHelp}`;
}

function readOptions(command: CommandName, given: readonly GivenOption[]): Options {
  const values: Record<string, string | true | string[]> = {};
  for (const option of given) {
    const name = option.name as OptionName;
    const spec: OptionSpec = optionTable[name];
    checkApplies(command, name);
    const value = spec.type === 'boolean' ? readFlag(command, option) : readValue(command, option, spec);
    if (spec.multiple === true) {
      values[name] = [...((values[name] ?? []) as string[]), value as string];
    } else if (spec.type === 'string' && name in values) {
      throw new UsageError(`Option '--${name}' is given twice. ${seeCommand(command)}`);
    } else {
      values[name] = value;
    }
  }
  return values;
}

function checkApplies(command: CommandName, option: OptionName): void {
  const takes = (spec: CommandSpec): boolean => spec.options.includes(option);
  if (takes(commandTable[command])) return;
  const owners = commandNames.filter((name) => takes(commandTable[name])).map((name) => `'${name}'`);
  throw new UsageError(`Option '--${option}' does not go with '${command}', only with ${owners.join(', ')}. ${seeCommand(command)}`);
}

function readFlag(command: CommandName, option: GivenOption): true {
  if (option.value === undefined) return true;
  throw new UsageError(`Option '--${option.name}' takes no value. ${seeCommand(command)}`);
}

function readValue(command: CommandName, option: GivenOption, spec: OptionSpec): string {
  const { name, value, inlineValue } = option;
  const looksLikeOption = inlineValue === false && value !== undefined && value.length > 1 && value.startsWith('-');
  if (looksLikeOption) {
    throw new UsageError(
      `Option '--${name}' needs ${spec.value}; a value that begins with '-' is written --${name}=${value}. ${seeCommand(command)}`,
    );
  }
  if (value === undefined || value === '') throw new UsageError(`Option '--${name}' needs ${spec.value}. ${seeCommand(command)}`);
  const problem = valueProblem(name, value);
  if (problem !== undefined) throw new UsageError(`Option '--${name}' ${problem}, not '${value}'. ${seeCommand(command)}`);
  return value;
}

function valueProblem(option: string, value: string): string | undefined {
  switch (option) {
    case 'grpc-port':
      return isPort(value) ? undefined : 'takes a port from 0 to 65535';
    case 'http-port':
      return value === 'off' || isPort(value) ? undefined : "takes a port from 0 to 65535, or 'off'";
    case 'server':
      return /^[^\s/]+:\d+$/.test(value) && isPort(value.slice(value.lastIndexOf(':') + 1)) ? undefined : 'takes HOST:PORT';
    case 'format':
      return value === 'csv' || value === 'jsonl' ? undefined : "takes 'csv' or 'jsonl'";
    case 'type':
      return value === 'users' || value === 'deletions' ? undefined : "takes 'users' or 'deletions'";
    case 'status':
      return /^(pending|completed|aborted|cancelled)$/i.test(value) ? undefined : 'takes pending, completed, aborted or cancelled';
    case 'event':
      return /^(created|started|completed|aborted|cancelled)$/i.test(value)
        ? undefined
        : 'takes created, started, completed, aborted or cancelled';
    case 'since':
      return readSince(value, 0) === undefined ? 'takes a date such as 2026-05-31, or how long ago, such as 36h or 7d' : undefined;
    default:
      return undefined;
  }
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;

/** Options that are fine alone, but not with each other. */
function checkTogether(command: CommandName, operands: readonly string[], options: Options): void {
  const refuse = (reason: string): never => {
    throw new UsageError(`${reason} ${seeCommand(command)}`);
  };
  if (options.server !== undefined && options.data !== undefined) {
    refuse("'--server' and '--data' exclude each other: with '--data' there is no server.");
  }
  if (options['no-wait'] && options.data !== undefined) {
    refuse(
      "'--no-wait' does not go with '--data': the job runs in this very process. Wait for it, or start 'advocate serve' and leave '--data' out.",
    );
  }
  if (options['no-wait'] && options['validate-only']) refuse("'--no-wait' does not go with '--validate-only': no job is created.");
  if (command === 'participants find' && [options.id, options.email, options.code].filter((given) => given !== undefined).length !== 1) {
    refuse("'advocate participants find' takes one of --id, --email and --code.");
  }
  if (command.startsWith('import ') && operands[0] === '-' && options.format === undefined) {
    refuse("Standard input needs '--format csv' or '--format jsonl'.");
  }
}
