import { z } from 'zod';

/** A variable that says yes or no. */
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const list = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== ''));

const file = z.string().min(1).optional();

/** Every variable that the suite reads, with its meaning; `docs/configuration.md` lists them from here. */
export const variables = {
  ADVOCATE_ENGINE: z
    .enum(['embedded', 'distributed'])
    .default('embedded')
    .describe('What the services live on: a data folder, or Kafka and MongoDB; the all-in-one process is always embedded'),
  ADVOCATE_DATA_DIR: z
    .string()
    .min(1)
    .default('./advocate-data')
    .describe('Folder of the embedded engine; mails are put there too where no mail server is named'),
  ADVOCATE_GRPC_HOST: z.string().min(1).default('127.0.0.1').describe('Address that gRPC listens on'),
  ADVOCATE_GRPC_PORT: z.coerce.number().int().min(0).max(65535).default(50051).describe('Port that gRPC listens on; 0 takes a free one'),
  ADVOCATE_HTTP_HOST: z.string().min(1).default('127.0.0.1').describe('Address that the console listens on'),
  ADVOCATE_HTTP_PORT: z
    .union([z.literal('off'), z.coerce.number().int().min(0).max(65535)], 'must be a port or off')
    .default(8080)
    .describe('Port that the console listens on; 0 takes a free one, `off` is for no console'),
  ADVOCATE_SERVER: z
    .string()
    .regex(/^[^\s/]+:\d{1,5}$/, 'must look like host:port')
    .default('localhost:50051')
    .describe('gRPC of the services, `host:port`, for a console that is a process of its own'),
  ADVOCATE_TENANT: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -')
    .default('default')
    .describe('The tenant that the console opens with'),
  ADVOCATE_CONSOLE_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address', abort: true })
    .regex(
      /^\w+:\/\/[^/?#]+\/?$/,
      'must be like https://bulk.example.com, without a path, query or hash: the console is at the root of its address',
    )
    .optional()
    .describe(
      'Where people reach the console, such as `https://bulk.example.com`, when that is not where it listens; links in mails begin with it',
    ),
  ADVOCATE_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info').describe('What is logged'),
  ADVOCATE_CONSUMERS: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('Chunks that a process applies at a time, each in a thread in the all-in-one process; 1 (embedded) or 2 (distributed)'),
  ADVOCATE_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1024)
    .optional()
    .describe(
      'Into how many partitions rows are dealt, which bounds the consumers at work; 1 (embedded) or 12 (distributed, when the topics are created)',
    ),
  ADVOCATE_MAX_FILE_BYTES: z.coerce.number().int().min(1).default(100_000_000).describe('Larger uploads are refused'),
  ADVOCATE_FILE_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe('How long the files of a job are kept after its end; one that has ended already keeps what it was promised'),
  ADVOCATE_LINK_SECRET: z
    .string()
    .min(16)
    .optional()
    .describe('Signs the links to files in mails; made once per data folder or database when absent. Another one voids the links'),
  ADVOCATE_WEBHOOK_ALLOW_PRIVATE: flag
    .default(false)
    .describe('Whether webhooks may have addresses inside private networks, or of the computer itself'),
  ADVOCATE_PROGRAMS: list
    .pipe(z.array(z.string()).min(1))
    .default(['default'])
    .describe('Programs in which every participant has a code, first the one that results show'),
  ADVOCATE_LINK_DOMAINS: list.default([]).describe('Hosts that vanity links may have; any but ssqt.co when empty'),
  ADVOCATE_ALLOW_REFERRAL_CODE_EDIT: flag.default(false).describe('Whether a code given later becomes the primary one'),
  ADVOCATE_KAFKA_BROKERS: list
    .pipe(z.array(z.string()).min(1))
    .default(['localhost:9092'])
    .describe('Some brokers, `host:port`, separated by commas'),
  ADVOCATE_KAFKA_TOPIC_PREFIX: z
    .string()
    .default('')
    .describe('Goes before the names of topics and groups, for several suites on one Kafka'),
  ADVOCATE_KAFKA_REPLICATION_FACTOR: z.coerce
    .number()
    .int()
    .min(1)
    .default(1)
    .describe('Of topics that have to be created; 3 in production'),
  ADVOCATE_KAFKA_TLS: flag.default(false).describe('TLS with the certificates that Node trusts'),
  ADVOCATE_KAFKA_CA_FILE: file.describe('TLS that trusts this certificate authority (PEM)'),
  ADVOCATE_KAFKA_CERT_FILE: file.describe('TLS with this client certificate (PEM)'),
  ADVOCATE_KAFKA_KEY_FILE: file.describe('The key of the client certificate (PEM)'),
  ADVOCATE_KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional().describe('How the suite says who it is'),
  ADVOCATE_KAFKA_USERNAME: z.string().default('').describe('For SASL'),
  ADVOCATE_KAFKA_PASSWORD: z.string().default('').describe('For SASL'),
  ADVOCATE_MONGODB_URI: z
    .string()
    .min(1)
    .default('mongodb://localhost:27017')
    .describe('With user, TLS and hosts, as its provider gives it'),
  ADVOCATE_MONGODB_DATABASE: z
    .string()
    .min(1)
    .optional()
    .describe('In place of the database that the URI names; `advocate` where neither does'),
  ADVOCATE_SMTP_URL: z.string().min(1).optional().describe('`smtp://user:password@host:port`, or `smtps:`; used by the distributed engine'),
  ADVOCATE_MAIL_FROM: z.string().min(1).default('Advocate Bulk <advocate-bulk@localhost>').describe('The sender of mails'),
  ADVOCATE_DO_NOT_TRACK_SECRET: z
    .string()
    .min(16)
    .optional()
    .describe('Keys the do-not-track hashes; made once per data folder or database when absent'),
} as const;

type Variables = typeof variables;
type Values = { readonly [Name in keyof Variables]: z.output<Variables[Name]> };

/** Reads variables. Throws with every one that is wrong, by name. */
export function readEnvironment<Name extends keyof Variables>(
  environment: NodeJS.ProcessEnv,
  ...names: readonly Name[]
): Pick<Values, Name> {
  const values: Partial<Record<keyof Variables, unknown>> = {};
  const problems: string[] = [];
  for (const name of names) {
    const parsed = variables[name].safeParse(environment[name]);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(`${name}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`);
  }
  if (problems.length > 0) throw new Error(`The environment is not valid. ${problems.join('. ')}. See docs/configuration.md.`);
  return values as Pick<Values, Name>;
}
