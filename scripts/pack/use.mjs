// Has a project take packages of ours from the tarballs beside this file, for as long as no registry has them.
//   node …/use.mjs [--dev] [--manager npm|pnpm|yarn] [PURPOSE or PACKAGE …]
// It writes package.json of the folder where it runs, that of the workspace's root, and for pnpm pnpm-workspace.yaml. Without a
// name it takes what package.json names. It goes with the tarballs, so it imports nothing but what Node has.
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const managers = ['npm', 'pnpm', 'yarn'];
const [plain, development] = ['dependencies', 'devDependencies'];

/** What the one who calls can mend. */
class UseError extends Error {}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  runAsCommand();

function runAsCommand() {
  try {
    const { values, positionals: names } = parseArgs({
      allowPositionals: true,
      options: { dev: { type: 'boolean' }, manager: { type: 'string' } },
    });
    const { manager, taken } = useTarballs({ folder: process.cwd(), names, ...values });
    console.log(`${taken.join('\n')}\nNow: ${manager} install`);
  } catch (error) {
    if (!(error instanceof UseError) && !String(error.code).startsWith('ERR_PARSE_ARGS')) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

/**
 * @param options - `folder` of the project; `names` of purposes or packages; `dev`: packages go into devDependencies;
 *   `manager`: default the one whose traces the project has, else npm; `packed`: the folder of the tarballs.
 * @returns the manager, and the packages that the project names now.
 */
export function useTarballs({ folder, names = [], dev = false, manager, packed = here }) {
  const index = JSON.parse(readFileSync(join(packed, 'index.json'), 'utf8'));
  const top = topOf(folder);
  const chosen = managerOf(top, manager);
  const own = readManifest(folder);
  const all = top === folder ? [own] : [own, readManifest(top)];

  for (const [field, name] of namesByField(names, dev ? development : plain, index))
    own.content[field] = sorted({ ...own.content[field], [name]: `^${index.packages[name].version}` });
  const taken = namedIn(own.content, index);
  if (taken.length === 0)
    throw new UseError(
      `Name packages, or what they are for: ${index.purposes.map(({ id }) => id).join(', ')}.`,
    );

  const named = all.flatMap(({ content }) => [
    ...namedIn(content, index),
    // Of other workspaces.
    ...Object.keys({ ...content.overrides, ...content.resolutions }).filter((name) => name in index.packages),
  ]);
  const needed = new Set(named.flatMap((name) => [name, ...index.packages[name].needs]));
  const specs = Object.fromEntries(
    [...needed].sort().map((name) => [name, `file:${pathTo(join(packed, index.packages[name].file), top)}`]),
  );
  const root = all.at(-1);
  if (chosen === 'npm') overrideForNpm(root.content, specs);
  if (chosen === 'yarn') root.content.resolutions = sorted({ ...root.content.resolutions, ...specs });
  for (const { path, content } of all) writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  if (chosen === 'pnpm') overrideForPnpm(join(top, 'pnpm-workspace.yaml'), specs);
  return { manager: chosen, taken };
}

/** npm takes an override for what the manifest itself names only where both say the same. */
function overrideForNpm(content, specs) {
  const isDirect = (name) => [plain, development].some((field) => content[field]?.[name] !== undefined);
  for (const field of [plain, development])
    for (const name of Object.keys(content[field] ?? {}))
      if (name in specs) content[field][name] = specs[name];
  const others = Object.entries(specs).filter(([name]) => !isDirect(name));
  const overrides = { ...content.overrides, ...Object.fromEntries(others) };
  for (const name of Object.keys(specs)) if (isDirect(name)) delete overrides[name];
  content.overrides = sorted(overrides);
}

/** pnpm reads its settings from here; package.json has no place for them. */
function overrideForPnpm(path, specs) {
  const lines = (existsSync(path) ? readFileSync(path, 'utf8').trimEnd() : '').split('\n');
  const kept = lines.filter(
    (line) => !Object.keys(specs).some((name) => line.startsWith(`  '${name}': file:`)),
  );
  const entries = Object.entries(specs).map(([name, spec]) => `  '${name}': ${spec}`);
  const at = kept.findIndex((line) => line.startsWith('overrides:'));
  if (at >= 0 && kept[at].trim() !== 'overrides:')
    throw new UseError(`Below overrides in ${path}, on a line each, belong\n${entries.join('\n')}`);
  const text =
    at >= 0
      ? [...kept.slice(0, at + 1), ...entries, ...kept.slice(at + 1)]
      : [...kept.filter((line, index) => line !== '' || index > 0), 'overrides:', ...entries];
  writeFileSync(path, `${text.join('\n')}\n`);
}

/** What the names mean, each with the field where it belongs. */
function namesByField(names, field, index) {
  return names.flatMap((name) => {
    const purpose = index.purposes.find(({ id }) => id === name);
    if (purpose !== undefined)
      return [
        ...purpose.install.map((one) => [field, one]),
        ...purpose.develop.map((one) => [development, one]),
      ];
    if (name in index.packages) return [[field, name]];
    const known = [...index.purposes.map(({ id }) => id), ...Object.keys(index.packages)];
    throw new UseError(`There is no '${name}' here. There are:\n  ${known.join('\n  ')}`);
  });
}

function namedIn(content, index) {
  const names = Object.keys({ ...content[plain], ...content[development], ...content.optionalDependencies });
  return names.filter((name) => name in index.packages).sort();
}

/** The root of the workspace that a folder is in; else the folder. */
function topOf(folder) {
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) {
    if (existsSync(join(above, 'pnpm-workspace.yaml'))) return above;
    if (existsSync(join(above, 'package.json')) && readManifest(above).content.workspaces !== undefined)
      return above;
  }
  return folder;
}

function managerOf(top, asked) {
  if (asked !== undefined && !managers.includes(asked))
    throw new UseError(`--manager is one of ${managers.join(', ')}; got '${asked}'`);
  const has = (name) => existsSync(join(top, name));
  const { packageManager = '' } = readManifest(top).content;
  return (
    asked ??
    managers.find((name) => packageManager.startsWith(`${name}@`)) ??
    (has('yarn.lock') || has('.yarnrc.yml') ? 'yarn' : undefined) ??
    (has('pnpm-lock.yaml') || has('pnpm-workspace.yaml') ? 'pnpm' : 'npm')
  );
}

function readManifest(folder) {
  const path = join(folder, 'package.json');
  return { path, content: existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { private: true } };
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pathTo(file, folder) {
  const path = relative(folder, file).replaceAll('\\', '/');
  return /^(?:\.|[A-Za-z]:)/.test(path) ? path : `./${path}`;
}
