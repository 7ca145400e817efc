import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** What a project with a tag may depend on; CONTRIBUTING.md explains the tags. */
const boundaries = [
  {
    sourceTag: 'type:host',
    onlyDependOnLibsWithTags: [
      'type:host',
      'type:service',
      'type:adapter',
      'type:contracts',
      'type:domain',
      'type:util',
      'type:text',
      'type:testing',
    ],
  },
  {
    sourceTag: 'type:service',
    onlyDependOnLibsWithTags: ['type:adapter', 'type:contracts', 'type:domain', 'type:util', 'type:text', 'type:testing'],
  },
  { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:adapter', 'type:contracts', 'type:domain', 'type:util', 'type:testing'] },
  { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: ['type:contracts', 'type:util'] },
  { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:domain', 'type:testing'] },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:contracts', 'type:domain', 'type:util'] },
  { sourceTag: 'type:text', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:util', onlyDependOnLibsWithTags: ['type:contracts', 'type:domain', 'type:util', 'type:testing'] },
];

const tests = ['**/*.test.ts', '**/*.contract.ts', '**/contracts.ts', '**/*.fixture.ts', '**/testing/**', '**/test-support.ts'];

/** Drivers, and the only places that may import them. */
const drivers = [
  { group: ['kafkajs'], message: 'Only libs/kafka imports the Kafka driver.' },
  { group: ['mongodb', '!@advocate/mongodb'], message: 'Only libs/mongodb imports the MongoDB driver.' },
  { group: ['node:sqlite'], message: 'Only libs/embedded imports the embedded database.' },
  { group: ['nodemailer*'], message: 'Only libs/embedded and libs/smtp import the mail library.' },
];
/** All but those that a library is there for. */
const driversBut = (...own) => ({
  '@typescript-eslint/no-restricted-imports': [
    'error',
    { patterns: drivers.filter(({ group }) => !group.some((name) => own.includes(name))) },
  ],
});
const ambient = [
  { group: ['node:*', 'pino', 'zod'], message: 'The domain, the ports and what the page shares have no I/O, no Node and no clock.' },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', 'libs/contracts/src/generated/**', 'apps/cli/bin/**'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['vitest.config.ts', 'apps/console/vite.config.ts'] } } },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { enforceBuildableLibDependency: true, allow: [], depConstraints: boundaries }],
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: drivers }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // Sees no change of state across an await, and would have guards removed that are needed.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowNullish: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
    },
  },
  { files: ['libs/embedded/**/*.ts'], rules: driversBut('node:sqlite', 'nodemailer*') },
  { files: ['libs/kafka/**/*.ts'], rules: driversBut('kafkajs') },
  { files: ['libs/mongodb/**/*.ts'], rules: driversBut('mongodb') },
  { files: ['libs/smtp/**/*.ts'], rules: driversBut('nodemailer*') },
  { files: ['libs/test-servers/**/*.ts'], rules: driversBut('kafkajs', 'mongodb') },
  {
    files: ['libs/domain/**/*.ts', 'libs/format/**/*.ts', 'libs/ports/**/*.ts'],
    ignores: tests,
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [...drivers, ...ambient] }] },
  },
  {
    files: tests,
    rules: {
      '@typescript-eslint/no-restricted-imports': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
    },
  },
  // The page has types of the suite, and no code of it but what runs in browsers too.
  {
    files: ['apps/console/web/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@advocate/*', '!@advocate/format'],
              allowTypeImports: true,
              message: 'Import types only, so that nothing of the services is sent to browsers.',
            },
          ],
        },
      ],
    },
  },
  // An example belongs to somebody outside the suite.
  { files: ['examples/**/*.ts'], rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
  // The peer is what somebody would write without this suite.
  { files: ['tools/bench/*peer-run.ts'], rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
  { files: ['eslint.config.js'], extends: [tseslint.configs.disableTypeChecked] },
);
