import { z } from 'zod';

/** A variable that says yes or no. */
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const list = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== ''));

/** Every variable that the suite reads, with its meaning; `docs/configuration.md` lists them from here. */
export const variables = {
  ADVOCATE_DATA_DIR: z.string().min(1).default('./advocate-data').describe('Folder of the embedded engine'),
  ADVOCATE_GRPC_HOST: z.string().min(1).default('127.0.0.1').describe('Address that gRPC listens on'),
  ADVOCATE_GRPC_PORT: z.coerce.number().int().min(0).max(65535).default(50051).describe('Port that gRPC listens on; 0 takes a free one'),
  ADVOCATE_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info').describe('What is logged'),
  ADVOCATE_CONSUMERS: z.coerce.number().int().min(1).max(64).default(1).describe('Threads that apply rows, in the all-in-one process'),
  ADVOCATE_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(1)
    .describe('Partitions of the embedded event log; at least the consumers'),
  ADVOCATE_MAX_FILE_BYTES: z.coerce.number().int().min(1).default(100_000_000).describe('Larger uploads are refused'),
  ADVOCATE_PROGRAMS: list
    .pipe(z.array(z.string()).min(1))
    .default(['default'])
    .describe('Programs in which every participant has a code, first the one that results show'),
  ADVOCATE_LINK_DOMAINS: list.default([]).describe('Hosts that vanity links may have; any but ssqt.co when empty'),
  ADVOCATE_ALLOW_REFERRAL_CODE_EDIT: flag.default(false).describe('Whether a code given later becomes the primary one'),
  ADVOCATE_DO_NOT_TRACK_SECRET: z
    .string()
    .min(16)
    .optional()
    .describe('Keys the do-not-track hashes; made once per data folder when absent'),
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
