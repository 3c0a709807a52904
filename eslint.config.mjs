// ESLint with types. Formatting belongs to Prettier, import directions to dependency-cruiser; neither is argued here.
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Tests, and what only tests import. */
const tests = ['**/*.test.ts', '**/*.browser.ts', '**/testing/**/*.ts'];

const nodeGlobals = Object.fromEntries(
  [
    'AbortController',
    'AbortSignal',
    'Buffer',
    'URL',
    'URLSearchParams',
    'clearInterval',
    'clearTimeout',
    'console',
    'fetch',
    'performance',
    'process',
    'setInterval',
    'setTimeout',
    'structuredClone',
  ].map((name) => [name, 'readonly']),
);

const moduleState = {
  selector: ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration[kind="let"]',
  message:
    'Module-level state is shared by every backend in the process: keep it in the function that makes it.',
};
const environment = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message:
    'Only the config service and vestibule.runtimeMode read the environment: take config or that service.',
};
const clock =
  'Time comes from the service vestibule.clock, so that a test can move it: take a ClockService. ' +
  'How long something takes is measured with performance.now().';
const systemTime = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: clock },
  // A clock of another type: a function, or an object of one's own.
  { selector: 'Identifier[name=/^(?:now|clock)$/] > TSTypeAnnotation > TSFunctionType', message: clock },
  {
    selector: 'TSPropertySignature[key.name=/^(?:now|clock)$/] > TSTypeAnnotation > TSFunctionType',
    message: clock,
  },
  { selector: 'TSMethodSignature[key.name=/^(?:now|clock)$/]', message: clock },
  {
    selector: 'TSTypeAliasDeclaration[id.name=/Clock$/] > TSFunctionType',
    message: clock,
  },
];
const emptyMeansNone =
  "Absent means none; '' would pass for a value. Leave the member out, or give it a type that says so.";
/** In a transaction, a session or a grant: as a member, as a default, and instead of what is not there. */
const emptyForNone = [
  { selector: 'Property[value.type="Literal"][value.value=""]', message: emptyMeansNone },
  { selector: 'AssignmentPattern[right.type="Literal"][right.value=""]', message: emptyMeansNone },
  {
    selector: 'LogicalExpression[operator="??"][right.type="Literal"][right.value=""]',
    message: emptyMeansNone,
  },
];
const kindAsked = {
  selector: ':matches(BinaryExpression, SwitchStatement, Property) > MemberExpression[property.name="kind"]',
  message: 'The flow knows providers by SignInProvider alone: what differs by kind belongs into an adapter.',
};
const faultyCanParse = {
  object: 'URL',
  property: 'canParse',
  message: 'Node 20 and 22 get it wrong beyond ASCII. Use parseUrl of @vestibule/backend-plugin-api.',
};
const focusedTest = {
  selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name="only"]',
  message: 'A focused test hides all the others.',
};

export default defineConfig(
  globalIgnores([
    '**/dist/',
    'dist-standalone/',
    'dist-dynamic/',
    'site/pages/',
    '**/coverage/',
    '**/node_modules/',
    'conformance/',
    // Of Backstage's packages, which are not installed here.
    'packages/create-vestibule/templates/inside/',
    '.yarn/',
    '.vestibule/',
    // As openapi-typescript writes it.
    'examples/openapi-client/src/api.ts',
  ]),

  js.configs.recommended,

  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.check.json'], tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // The type of a module that is loaded later has to be written as typeof import('…').
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        {
          allowNumber: true,
          allow: [
            { name: ['URL', 'URLSearchParams'], from: 'lib' },
            { name: ['URL', 'URLSearchParams'], from: 'package', package: '@types/node' },
          ],
        },
      ],
      // An async function without await turns what it throws into a rejection, as its contract says.
      '@typescript-eslint/require-await': 'off',
      // Contracts are interfaces with methods, made as plain objects that use no `this` and are taken apart freely.
      '@typescript-eslint/unbound-method': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'node:process', importNames: ['env'], message: environment.message }] },
      ],
      'no-restricted-properties': [
        'error',
        faultyCanParse,
        { object: 'Date', property: 'now', message: clock },
      ],
      'no-restricted-syntax': ['error', moduleState, environment, ...systemTime],
    },
  },

  // The two places that read the environment.
  {
    files: [
      'packages/backend-defaults/src/config/**',
      'packages/backend-plugin-api/src/services/runtimeMode.ts',
    ],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', moduleState, ...systemTime] },
  },

  // The test utilities find the machine's database server by it.
  {
    files: ['packages/backend-test-utils/src/**'],
    rules: { 'no-restricted-syntax': ['error', moduleState, ...systemTime] },
  },

  // The clock itself.
  {
    files: ['packages/backend-plugin-api/src/services/clock.ts'],
    rules: {
      'no-restricted-properties': ['error', faultyCanParse],
      'no-restricted-syntax': ['error', moduleState, environment],
    },
  },

  // What stands in a sealed cookie or in a row is there, or is not.
  {
    files: [
      'transactions/**/*',
      'sessions/**/*',
      'policy/grant',
      'providers/signInProvider',
      'providers/oauth',
      'providers/proxy',
      'providers/backstage/adapter',
    ].map((path) => `plugins/auth-backend/src/${path}.ts`),
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', moduleState, environment, ...systemTime, ...emptyForNone] },
  },
  // One flow for every kind of provider.
  {
    files: ['plugins/auth-backend/src/flow/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-syntax': ['error', moduleState, environment, ...systemTime, ...emptyForNone, kindAsked],
    },
  },

  // The command speaks to a person on a terminal.
  { files: ['packages/cli/src/**'], rules: { 'no-console': 'off' } },

  {
    files: tests,
    rules: {
      // Answers from the wire, rows and `expect.any(String)` are `any` by their own types; assertions judge them.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // Titles are made of whatever stands in a table.
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      // What happens with a rejection that is no error is something to test.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      'no-console': 'off',
      'no-restricted-properties': ['error', faultyCanParse],
      'no-restricted-syntax': ['error', focusedTest],
    },
  },

  // Projects that are written; their test runner is Node's, which waits for its tests by itself.
  {
    files: ['packages/create-vestibule/templates/**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['describe', 'it', 'test'], package: 'node:test' },
          ],
        },
      ],
    },
  },

  // Scripts and configuration: plain JavaScript, without types.
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: nodeGlobals },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
  },
  // The page's script: the compiler checks it, and knows what browsers have.
  { files: ['plugins/auth-web/src/client/**/*.js'], rules: { 'no-undef': 'off' } },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } },
  },
);
