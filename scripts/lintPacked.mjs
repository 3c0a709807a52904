// The check "Packages": publint and attw (are the types wrong?) look at each tarball as it would be published, and we at what is in
// it and what its declarations name.
//   node scripts/lintPacked.mjs [FOLDER of a package …]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { problemAffectsResolutionKind, problemKindInfo } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { contentFindings } from './pack/contentFindings.mjs';
import { packPackages } from './pack/packPackages.mjs';
import { publishedPackages } from './pack/publishedPackages.mjs';

/** What attw finds and we mean. One that nothing needs any more is a finding itself. */
const meant = [
  {
    kind: 'CJSResolvesToESM',
    of: () => true,
    because: 'Node loads ES modules by require() from 20.19 and 22.12 on, which `engines` asks for',
  },
  {
    kind: 'NoResolution',
    of: ({ entrypoint, resolutionKind }) => entrypoint !== '.' && resolutionKind === 'node10',
    because: 'TypeScript before 4.7 reads no `exports`, and so no entry but the first',
  },
];

const folders = process.argv.slice(2);
const all = [...publishedPackages().values()];
const packages = folders.length === 0 ? all : all.filter(({ folder }) => folders.includes(folder));
const used = new Set();
const destination = mkdtempSync(join(tmpdir(), 'vestibule-lint-packed-'));
try {
  const tarballs = packPackages(packages, destination);
  const findings = [];
  for (const { name, file } of tarballs) {
    const tarball = readFileSync(join(destination, file));
    const { exports } = packages.find(({ manifest }) => manifest.name === name).manifest;
    const pack = createPackageFromTarballData(tarball);
    findings.push(...(await publintFindings(name, tarball)));
    findings.push(...contentFindings(pack).map((finding) => `${name}: ${finding}`));
    // A manifest and nothing else has no types that could be wrong.
    if (exports !== undefined) findings.push(...(await typeFindings(name, pack)));
  }
  if (folders.length === 0)
    for (const { kind, because } of meant.filter((one) => !used.has(one)))
      findings.push(`scripts/lintPacked.mjs: nothing needs the exception for ${kind} (${because})`);
  for (const finding of findings) console.error(finding);
  console.log(`${tarballs.length} tarballs, ${findings.length} findings`);
  process.exitCode = findings.length === 0 ? 0 : 1;
} catch (error) {
  console.error(`Not checked: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(destination, { recursive: true, force: true });
}

async function publintFindings(name, { buffer, byteOffset, byteLength }) {
  const tarball = buffer.slice(byteOffset, byteOffset + byteLength);
  const { messages, pkg } = await publint({ pack: { tarball }, level: 'suggestion', strict: true });
  return messages.map((message) => `${name}: publint: ${formatMessage(message, pkg, { color: false })}`);
}

async function typeFindings(name, pack) {
  const analysis = await checkPackage(pack);
  if (analysis.types === false) return [`${name}: attw: has no types`];
  return analysis.problems.flatMap((problem) => {
    const exception = meant.find((one) => one.kind === problem.kind && one.of(problem));
    if (exception !== undefined) {
      used.add(exception);
      return [];
    }
    const places = Object.keys(analysis.entrypoints['.']?.resolutions ?? {}).filter((kind) =>
      problemAffectsResolutionKind(problem, kind, analysis),
    );
    const { shortDescription, description } = problemKindInfo[problem.kind];
    return [`${name}: attw: ${shortDescription} (${places.join(', ')}): ${description}`];
  });
}
