// `npm run release:publish -- FOLDER`: publishes the tarballs of a folder that the registry does not have yet, each after those that
// it depends on, so that whoever installs meanwhile finds all of what they get. Run again after a failure, it goes on.
//   npm run release:publish -- FOLDER [--provenance] [--dry-run]
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    provenance: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  },
});
if (positionals.length !== 1) {
  console.error('Whose tarballs? npm run release:publish -- FOLDER');
  process.exit(2);
}

const folder = resolve(positionals[0]);
const tarballs = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => {
      const manifest = JSON.parse(output('tar', '-xzOf', join(folder, name), 'package/package.json'));
      return [manifest.name, { path: join(folder, name), manifest }];
    }),
);
for (const { path, manifest } of inOrder(tarballs)) {
  const { name, version } = manifest;
  if (isPublished(name, version)) {
    console.log(`${name}@${version} is there`);
    continue;
  }
  const options = ['--access', 'public', ...(values.provenance ? ['--provenance'] : [])];
  if (values['dry-run']) options.push('--dry-run');
  output('npm', 'publish', path, ...options);
  console.log(`${name}@${version} published`);
}

/** Dependencies first. */
function inOrder(all) {
  const done = new Set();
  const visit = (name) => {
    const one = all.get(name);
    if (one === undefined || done.has(one)) return;
    const { dependencies, optionalDependencies, peerDependencies } = one.manifest;
    // Before its own: a circle ends here.
    done.add(one);
    Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).forEach(visit);
    done.delete(one);
    done.add(one);
  };
  [...all.keys()].sort().forEach(visit);
  return done;
}

/** A registry that cannot be asked is no registry without the package. */
function isPublished(name, version) {
  const { status, stdout, stderr } = spawnSync('npm', ['view', `${name}@${version}`, 'version', '--json'], {
    encoding: 'utf8',
  });
  if (status === 0) return stdout.trim() !== '';
  if (/E404/.test(`${stdout}${stderr}`)) return false;
  throw new Error(`npm could not be asked for ${name}@${version}:\n${stderr}`);
}

function output(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (error) throw error;
  if (status !== 0) {
    console.error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr}`);
    process.exit(1);
  }
  return stdout;
}
