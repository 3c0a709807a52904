// Shows that the checks can fail: plants faults in a temporary copy, runs the very commands of scripts/checks.mjs there,
// and expects each fault to be named.
//   node scripts/plantedFaults.mjs                  every check that has faults below
//   node scripts/plantedFaults.mjs 'Import arrows'  that one
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checks } from './checks.mjs';
import { makeTemporaryCopy } from './temporaryCopy.mjs';

const model = 'packages/catalog-model/src';

/** Each fault: the check that must find it, the file it stands in, and what the output must say. */
const faults = [
  {
    check: 'Types',
    fault: 'a string where a number belongs',
    file: `${model}/plantedType.ts`,
    text: `export const planted: number = 'one';\n`,
    says: /plantedType\.ts.*TS2322/,
  },
  {
    check: 'Types',
    fault: 'a type error in a test',
    file: `${model}/plantedType.test.ts`,
    text: `export const planted: number = 'one';\n`,
    says: /plantedType\.test\.ts.*TS2322/,
  },
  ...[
    ['any', 'export function planted(value: any): void { void value; }', 'no-explicit-any'],
    ['a floating promise', 'export function planted(): void { Promise.resolve(1); }', 'no-floating-promises'],
    [
      'a type imported as a value',
      `import { Entity } from './entity.ts';\nexport type Planted = Entity;`,
      'consistent-type-imports',
    ],
    ['console', `export function planted(): void { console.log('here'); }`, 'no-console'],
    ['module-level state', 'export let planted = 0;\nplanted += 1;', 'Module-level state'],
    [
      'reading the environment',
      'export function planted(): unknown { return process.env.PLANTED; }',
      'read the environment',
    ],
    [
      "the system's time",
      'export function planted(): number { return Date.now(); }',
      'Time comes from the service vestibule\\.clock',
    ],
    [
      "the system's time as a date",
      'export function planted(): Date { return new Date(); }',
      'Time comes from the service vestibule\\.clock',
    ],
    [
      'a clock of its own type',
      'export function planted(now: () => number): number { return now(); }',
      'Time comes from the service vestibule\\.clock',
    ],
  ].map(([fault, text, says], index) => ({
    check: 'ESLint',
    fault,
    file: `${model}/plantedLint${index}.ts`,
    text: `${text}\n`,
    says: new RegExp(`plantedLint${index}\\.ts[\\s\\S]*?${says}`),
  })),
  ...[
    [
      'an empty text for none, as a member',
      'sessions',
      `export const planted = { nonce: '' };`,
      'means none',
    ],
    [
      'an empty text for none, as a default',
      'transactions',
      `export const planted = ({ state = '' }: { state?: string }): string => state;`,
      'means none',
    ],
    [
      'an empty text for none, instead of what is not there',
      'flow',
      `export const planted = (subject?: string): string => subject ?? '';`,
      'means none',
    ],
    [
      'a flow that asks for the kind of a provider',
      'flow',
      `export const planted = (one: { kind: string }): boolean => one.kind === 'oauth';`,
      'SignInProvider alone',
    ],
  ].map(([fault, room, text, says], index) => ({
    check: 'ESLint',
    fault,
    file: `plugins/auth-backend/src/${room}/plantedRule${index}.ts`,
    text: `${text}\n`,
    says: new RegExp(`plantedRule${index}\\.ts[\\s\\S]*?${says}`),
  })),
  {
    check: 'Prettier',
    fault: 'double quotes',
    file: `${model}/plantedFormat.ts`,
    text: 'export const planted = "one";\n',
    says: /plantedFormat\.ts/,
  },
  ...[
    [
      'a module imports a backend plugin',
      'plugins/auth-backend-module-oidc-provider',
      '@vestibule/plugin-auth-backend',
      'arrows of plugins/auth-backend-module-oidc-provider',
    ],
    [
      'a module imports another module',
      'plugins/auth-backend-module-guest-provider',
      '@vestibule/plugin-auth-backend-module-oidc-provider',
      'arrows of plugins/auth-backend-module-guest-provider',
    ],
    [
      'a contract imports the core',
      'packages/backend-plugin-api',
      '@vestibule/backend-core',
      'arrows of packages/backend-plugin-api',
    ],
    [
      'product code imports test utilities',
      'plugins/auth-backend',
      '@vestibule/backend-test-utils',
      'arrows of plugins/auth-backend',
    ],
    ['sign-in imports the container', 'plugins/auth-backend', 'tsyringe', 'home of tsyringe'],
    ['a contract imports the values of knex', 'packages/backend-plugin-api', 'knex', 'home of knex'],
    ['a third party without a home', 'packages/backend-core', 'jest', 'third parties have a home'],
    [
      'a file inside another package',
      'packages/backend-core',
      '../../backend-plugin-api/src/errors/errors.ts',
      'packages are entered by their exports',
    ],
    ['a room reaches back', 'plugins/auth-backend', '../flow/signInFlow.ts', 'room policy', 'src/policy'],
    [
      'the flow imports an adapter',
      'plugins/auth-backend',
      '../providers/oauth.ts',
      'flow knows no adapter',
      'src/flow',
    ],
    ['an import that leads nowhere', 'packages/backend-core', './nowhere.ts', 'imports lead somewhere'],
  ].map(([fault, folder, target, rule, below = 'src'], index) => ({
    check: 'Import arrows',
    fault,
    file: `${folder}/${below}/plantedImport${index}.ts`,
    text: `import * as planted from '${target}';\nexport const value = planted;\n`,
    says: new RegExp(`${escaped(rule)}: ${escaped(folder)}/${below}/plantedImport${index}\\.ts`),
  })),
  {
    check: 'Import arrows',
    fault: 'a cycle of values',
    file: `${model}/plantedCycle.ts`,
    text: `import { other } from './plantedCycleOther.ts';\nexport const planted = (): unknown => other;\n`,
    with: {
      [`${model}/plantedCycleOther.ts`]: `import { planted } from './plantedCycle.ts';\nexport const other = (): unknown => planted;\n`,
    },
    says: /no circles: .*plantedCycle/,
  },
  {
    check: 'Import arrows',
    fault: 'a circle of types alone',
    file: `${model}/plantedCircle.ts`,
    text: `import type { Other } from './plantedCircleOther.ts';\nexport interface Planted {\n  readonly other: Other;\n}\n`,
    with: {
      [`${model}/plantedCircleOther.ts`]: `import type { Planted } from './plantedCircle.ts';\nexport interface Other {\n  readonly planted?: Planted;\n}\n`,
    },
    says: /no circles: .*plantedCircle\.ts/,
  },
  {
    check: 'Import arrows',
    fault: 'a circle of types in sign-in',
    file: 'plugins/auth-backend/src/policy/plantedCircle.ts',
    text: `import type { Other } from './plantedCircleOther.ts';\nexport type Planted = Other | undefined;\n`,
    with: {
      'plugins/auth-backend/src/policy/plantedCircleOther.ts': `import type { Planted } from './plantedCircle.ts';\nexport type Other = { planted: Planted };\n`,
    },
    says: /no circles: .*policy\/plantedCircle/,
  },
  {
    check: 'Knip',
    fault: 'a file that nobody imports',
    file: `${model}/plantedOrphan.ts`,
    text: 'export const planted = 1;\n',
    says: /plantedOrphan\.ts/,
  },
  ...[
    [
      'types that come after what they describe',
      { default: './dist/index.js', types: './dist/index.d.ts' },
      'publint: .*types.* should be the first',
    ],
    [
      'declarations of CommonJS for an ES module',
      { types: './dist/index.d.cts', default: './dist/index.js' },
      'attw: Masquerading as CJS',
    ],
    [
      'declarations of what the manifest does not name',
      { types: './dist/index.d.ts', default: './dist/index.js' },
      'dist/index\\.d\\.ts names types of knex',
      "import type { Knex } from 'knex';\nexport declare const planted: Knex;\n",
    ],
  ].map(([fault, entry, says, types = 'export declare const planted = 1;\n'], index) => ({
    check: 'Packages',
    fault,
    file: `packages/planted${index}/package.json`,
    text: JSON.stringify({
      name: `@vestibule/planted${index}`,
      version: '0.1.0',
      type: 'module',
      exports: { '.': entry },
      files: ['dist'],
    }),
    with: {
      [`packages/planted${index}/dist/index.js`]: 'export const planted = 1;\n',
      [`packages/planted${index}/${entry.types}`]: types,
    },
    says: new RegExp(`@vestibule/planted${index}: ${says}`),
  })),
  {
    check: 'API reports',
    fault: 'a name that the report does not know',
    file: `${model}/index.ts`,
    text: `${read(`${model}/index.ts`)}\n/** Planted. @public */\nexport const planted = 1;\n`,
    says: /\+export const planted/,
  },
  {
    check: 'API reports',
    fault: 'a type that is needed and not exported',
    file: 'plugins/catalog-node/src/errors.ts',
    text: `${read('plugins/catalog-node/src/errors.ts')}\ninterface Planted {\n  planted: true;\n}\n/** Planted. @public */\nexport const planted = (): Planted => ({ planted: true });\n`,
    says: /ae-forgotten-export: The symbol "Planted"/,
  },
  {
    check: 'API reports',
    fault: 'an export that says nothing of itself',
    file: `${model}/letterCase.ts`,
    text: `${read(`${model}/letterCase.ts`)}\n/** @public */\nexport const silent = 1;\n`,
    says: /ae-undocumented: Missing documentation for "silent"/,
  },
  ...[
    ['a misspelt key of the config', 'yaml', 'auth:\n  sesion: {}', 'sesion'],
    [
      'a fragment of a config from nowhere',
      'yaml',
      'metadataUrl: https://id.example.com',
      "where 'metadataUrl' belongs",
    ],
    ['an npm script that is not there', 'sh', 'npm run planted', 'there is no npm script planted'],
    ['JSON that is none', 'json', '{ planted }', 'JSON'],
  ].map(([fault, language, code, says], index) => ({
    check: 'Snippets',
    fault,
    file: `docs/guides/plantedSnippet${index}.md`,
    text: `# Planted\n\n\`\`\`${language}\n${code}\n\`\`\`\n`,
    says: new RegExp(`plantedSnippet${index}\\.md:\\d+: .*${says}`),
  })),
  {
    check: 'Jest',
    fault: 'an expectation that does not hold',
    file: `${model}/planted.test.ts`,
    text: `import { expect, it } from '@jest/globals';\n\nit('is planted', () => {\n  expect(1).toBe(2);\n});\n`,
    says: /1 failed/,
  },
];

function read(file) {
  return readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const wanted = process.argv.slice(2);
const names = [...new Set(faults.map(({ check }) => check))].filter(
  (name) => wanted.length === 0 || wanted.includes(name),
);
if (names.length === 0) {
  console.error(`No faults for: ${wanted.join(', ')}`);
  process.exit(2);
}

let missed = 0;
let found = 0;
for (const name of names) {
  const check = checks.find((one) => one.name === name);
  const planted = faults.filter((fault) => fault.check === name);
  const copy = makeTemporaryCopy();
  for (const { file, text, with: others = {} } of planted) {
    for (const [path, content] of Object.entries({ [file]: text, ...others })) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), content);
    }
  }
  const [command, ...args] = check.commandOn?.(planted.map(({ file }) => file)) ?? check.command;
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: 'utf8' });
  const output = `${stdout}${stderr}`;
  const missedHere = planted.filter(({ says }) => status === 0 || !says.test(output));
  for (const fault of planted) {
    console.log(`${missedHere.includes(fault) ? 'MISSED' : 'found '}  ${name}: ${fault.fault}`);
  }
  if (missedHere.length > 0)
    console.log(`${name} ended with exit code ${status} and said:\n${output.slice(-8000)}`);
  missed += missedHere.length;
  found += planted.length - missedHere.length;
}
console.log(`${found} planted faults found, ${missed} missed`);
process.exitCode = missed === 0 ? 0 : 1;
