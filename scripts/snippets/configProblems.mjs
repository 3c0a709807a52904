// The configs of the documentation, judged by the code of a start, over a config that lacks nothing. A snippet may leave out what stands
// elsewhere, and name what a module of the reader's own, called acme throughout, brings; every key and value of it has to be right.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { root } from '../docs/sources.mjs';

/** Those that our packages read, and examples/redis-sessions. */
const roots = ['app', 'backend', 'auth', 'catalog', 'devIdp', 'discovery', 'fileCatalog', 'redisSessions'];

const base = `
app: { baseUrl: https://portal.example.com }
backend:
  baseUrl: https://portal.example.com
  listen: ':7007'
  database: { client: pg, connection: { host: db.example.com, user: vestibule, password: \${POSTGRES_PASSWORD} } }
`;

/** What one leaves out where the whole stands elsewhere. */
const ofGaps = ['ERR_CONFIG_VALUE_MISSING', 'ERR_NO_PROVIDER_LEFT'];

/** @returns what is wrong with the blocks, a line each. */
export function configProblems(blocks) {
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-snippets-'));
  try {
    writeFileSync(join(folder, 'base.yaml'), base);
    const readings = blocks.map((block, index) => read(block, join(folder, `${index}.yaml`)));
    const configs = readings.filter(({ path }) => path !== undefined);
    const judgements = judge(
      configs.map(({ block, path }) => ({
        files: [block.over ? join(root, block.over) : join(folder, 'base.yaml'), path],
        isProduction: /^ *(environment: )?production\b/m.test(block.text),
      })),
    );
    return [
      ...readings.flatMap(({ block, problem }) =>
        problem ? [`${block.file}:${block.line}: ${problem}`] : [],
      ),
      ...configs.flatMap(({ block, path, shift }, index) =>
        Object.values(judgements[index])
          .flat()
          .filter(
            ({ code, message, location }) =>
              location?.file === path &&
              !ofGaps.includes(code) &&
              !/\bacme/i.test(message) &&
              // Of an example, which has no schema; and a file of the reader's.
              !/^redisSessions .* no effect that is known|names a file that cannot be read/.test(message) &&
              !/^nobody can sign in/.test(message),
          )
          .map(
            ({ message, location }) => `${block.file}:${block.line + location.line - 1 - shift}: ${message}`,
          ),
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes a config to its place; an entity of a catalog is read only. */
function read(block, path) {
  const document = parseDocument(block.text);
  const [error] = document.errors;
  if (error) return { block, problem: error.message };
  const value = document.toJS();
  // A workflow is judged by whoever runs it, and what a host of Backstage's reads by that.
  if (value?.jobs !== undefined || value?.dynamicPlugins !== undefined) return { block };
  if (value?.kind !== undefined) {
    const isEntity = typeof value.metadata?.name === 'string';
    return isEntity ? { block } : { block, problem: 'is an entity without metadata.name' };
  }
  const steps = block.at?.split('.') ?? [];
  const strange = steps.length > 0 ? [] : Object.keys(value ?? {}).filter((key) => !roots.includes(key));
  if (strange.length > 0)
    return {
      block,
      problem: `nobody can tell where '${strange[0]}' belongs: say so above, for example <!-- at auth.providers.oidc.development -->`,
    };
  const opening = steps.map((step, depth) => `${'  '.repeat(depth)}${step}:\n`).join('');
  const body = block.text.replace(/^/gm, '  '.repeat(steps.length)).replaceAll('…', '"${LEFT_OUT_SECRET}"');
  writeFileSync(path, `${opening}${body}\n`);
  return { block, path, shift: steps.length };
}

function judge(configs) {
  const program = [
    '--conditions=vestibule:source',
    '--import',
    './scripts/ts.mjs',
    'scripts/snippets/judgeConfigs.mjs',
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    cwd: root,
    input: JSON.stringify(configs),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`The configs could not be judged:\n${stderr}`);
  return JSON.parse(stdout);
}
