/** An option as it is written, and as the help explains it. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly multiple?: true;
  readonly short?: string;
  /** What the help calls the value. */
  readonly value?: string;
  readonly help: string;
}

/** A command as it is called, and as the help explains it. */
export interface CommandSpec {
  readonly operands: readonly string[];
  readonly options: readonly OptionName[];
  readonly summary: string;
  readonly notes?: readonly string[];
}

export const defaultServer = 'localhost:50051';
export const defaultTenant = 'default';
export const defaultDataDir = './advocate-data';
export const defaultGrpcPort = '50051';
export const defaultHttpPort = '8080';

export const optionTable = {
  segment: {
    type: 'string',
    multiple: true,
    value: 'OP',
    help: "Segment operation for every row, repeatable: 'key' adds, '~key' removes, '~*' clears. Segments must exist.",
  },
  'program-id': { type: 'string', value: 'P', help: 'The program whose code and links the results show.' },
  'preserve-empty-accounts': { type: 'boolean', help: 'Keep an account whose last user was deleted.' },
  'do-not-track': { type: 'boolean', help: 'Put the deleted users on the do-not-track list.' },
  'mail-to': { type: 'string', value: 'ADDR', help: 'Where the completion mail goes.' },
  id: { type: 'string', value: 'ID', help: 'The id of the participants, in whichever accounts.' },
  email: { type: 'string', value: 'ADDR', help: 'Their e-mail address, in any letter case.' },
  code: { type: 'string', value: 'CODE', help: 'The referral code that the participant holds, in any letter case.' },
  name: { type: 'string', value: 'TEXT', help: 'A name for people.' },
  'request-id': { type: 'string', value: 'ID', help: 'Repeating it gives the job that it created first, never a second one.' },
  format: { type: 'string', value: 'csv|jsonl', help: "The file's format; needed when FILE is '-'." },
  out: { type: 'string', value: 'DIR', help: 'Where result files land (default: the current folder).' },
  'no-wait': { type: 'boolean', help: 'Print the job and do not wait for it.' },
  'validate-only': { type: 'boolean', help: 'Check the header, the options and every row; apply nothing.' },
  type: { type: 'string', value: 'users|deletions', help: 'Only jobs of this type.' },
  status: { type: 'string', value: 'STATUS', help: 'Only jobs that are pending, completed, aborted or cancelled.' },
  since: {
    type: 'string',
    value: 'TIME',
    help: 'Only what was created, or happened, since then: a date such as 2026-05-31, or how long ago, such as 36h or 7d.',
  },
  event: {
    type: 'string',
    multiple: true,
    value: 'TYPE',
    help: 'Told of this, repeatable: created, started, completed, aborted, cancelled (default: all).',
  },
  secret: { type: 'string', value: 'TEXT', help: 'Signs what is sent; 16 characters at least (default: one that is made).' },
  failed: { type: 'boolean', help: 'Only what was given up.' },
  'grpc-port': { type: 'string', value: 'N', help: `The port to listen on (default: ${defaultGrpcPort}; 0 takes any free one).` },
  'http-port': {
    type: 'string',
    value: 'N|off',
    help: `The console's port (default: ${defaultHttpPort}; 0 takes any free one, off is for no console).`,
  },
  server: { type: 'string', value: 'HOST:PORT', help: `The server to talk to (default: ${defaultServer}).` },
  data: { type: 'string', value: 'DIR', help: 'The data folder. Client commands given one run without a server, in this process.' },
  tenant: { type: 'string', value: 'T', help: `The tenant (default: ${defaultTenant}).` },
  json: { type: 'boolean', help: 'One JSON document on standard output. A field that is absent has its zero value.' },
  help: { type: 'boolean', short: 'h', help: 'Show help.' },
  version: { type: 'boolean', short: 'v', help: 'Show the version.' },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof optionTable;

type OptionValue<Spec> = Spec extends { readonly multiple: true }
  ? readonly string[]
  : Spec extends { readonly type: 'boolean' }
    ? true
    : string;

/** The options that were given. */
export type Options = { readonly [Name in OptionName]?: OptionValue<(typeof optionTable)[Name]> };

const client = ['server', 'data', 'tenant', 'json'] as const;
const anyImport = ['mail-to', 'name', 'request-id', 'format', 'out', 'no-wait', 'validate-only'] as const;
const importNotes = [
  "FILE is CSV or JSON Lines; '-' is standard input. Result files are JOB.results.csv, JOB.errors.csv and JOB.failed-rows.csv (.jsonl for JSON Lines).",
  'The failed rows stand in the last one as they do in FILE, below its header: correct them, and import it as it is.',
  'Exit status: 0 all rows fine; 1 some rows failed; 2 refused, aborted or cancelled; 130 interrupted.',
];

const watchStatus = 'The exit status is that of an import that waits: 0, 1 or 2, as the job ends.';

export const commandTable = {
  serve: {
    operands: [],
    options: ['data', 'grpc-port', 'http-port'],
    summary: 'Run the whole suite as a server, until Ctrl-C.',
    notes: [
      `The data folder is ${defaultDataDir} unless --data names one. It listens on 127.0.0.1, or on what ADVOCATE_GRPC_HOST and ADVOCATE_HTTP_HOST say.`,
    ],
  },
  'import users': {
    operands: ['FILE'],
    options: ['segment', 'program-id', ...anyImport, ...client],
    summary: 'Create or update one participant per row.',
    notes: importNotes,
  },
  'import deletions': {
    operands: ['FILE'],
    options: ['preserve-empty-accounts', 'do-not-track', ...anyImport, ...client],
    summary: 'Delete one participant per row, with all history.',
    notes: importNotes,
  },
  'jobs list': { operands: [], options: ['type', 'status', 'since', ...client], summary: 'List jobs, newest first.' },
  'jobs get': { operands: ['JOB'], options: client, summary: 'Show one job, and why rows of it failed.' },
  'jobs watch': {
    operands: ['JOB'],
    options: client,
    summary: 'Follow a job to its end.',
    notes: [watchStatus],
  },
  'jobs cancel': {
    operands: ['JOB'],
    options: client,
    summary: 'Stop a job; rows already applied stay applied.',
  },
  'jobs resume': {
    operands: ['JOB'],
    options: client,
    summary: 'Let an aborted job go on, and follow it to its end.',
    notes: [watchStatus, 'Repair first what aborted the job; it goes on from there, with the files it would have had.'],
  },
  'jobs delete': {
    operands: ['JOB'],
    options: client,
    summary: 'Remove a finished job with its files; what its rows did stays.',
    notes: ['Its request id may be used again, for a new job. A mail that was not sent yet is not sent any more.'],
  },
  'jobs download': { operands: ['JOB'], options: ['out', ...client], summary: "Download a finished job's result files." },
  'participants get': { operands: ['ACCOUNT', 'ID'], options: client, summary: 'Show one participant.' },
  'participants find': {
    operands: [],
    options: ['id', 'email', 'code', ...client],
    summary: 'Find participants by id, e-mail address or referral code.',
    notes: [
      'By id and by address it goes through all accounts, which takes about a second for a million on the embedded engine, some seconds on MongoDB.',
    ],
  },
  'participants referrals': {
    operands: ['ACCOUNT', 'ID'],
    options: client,
    summary: 'List the referrals that a participant made, or came by, by date.',
  },
  'accounts get': { operands: ['ACCOUNT'], options: client, summary: 'Show an account with its participants.' },
  'segments create': {
    operands: ['KEY'],
    options: ['name', ...client],
    summary: 'Make a segment, so that imports can use it.',
    notes: ['KEY takes 1 to 64 letters, digits, _ or -. Making a segment again changes nothing.'],
  },
  'segments list': { operands: [], options: client, summary: 'List segments by key.' },
  'webhooks create': {
    operands: ['URL'],
    options: ['event', 'secret', ...client],
    summary: 'Have job events sent to an address.',
    notes: ['Prints the secret that signs them, which is not shown again.'],
  },
  'webhooks list': { operands: [], options: client, summary: 'List webhooks, oldest first.' },
  'webhooks delete': { operands: ['WEBHOOK'], options: client, summary: 'Remove a webhook; what it is still owed is not sent.' },
  'webhooks deliveries': {
    operands: ['WEBHOOK'],
    options: client,
    summary: 'List what was, or is to be, sent to a webhook, newest first.',
  },
  'webhooks replay': {
    operands: ['WEBHOOK'],
    options: ['since', 'failed', ...client],
    summary: 'Send events to a webhook again.',
    notes: ['All that are kept, whatever became of them, unless --since or --failed says otherwise.'],
  },
  'dead-letters list': {
    operands: [],
    options: ['server', 'data', 'json'],
    summary: 'List messages between the services that could not be decoded.',
  },
  'dead-letters replay': {
    operands: ['ID'],
    options: ['server', 'data', 'json'],
    summary: 'Send such a message once more to where it was meant for.',
    notes: ['After an upgrade, say, that can decode it. It stays in the list.'],
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof commandTable;

export const commandNames = Object.keys(commandTable) as CommandName[];
