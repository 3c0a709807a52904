/** A report of a check as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a pull request. */
import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { version } from '../version.ts';
import type { CheckFinding, CheckReport } from './checkReport.ts';

/** @param files - The config files: what has no place of its own is shown at the first. */
export function sarifOf({ faults, warnings }: CheckReport, files: readonly string[]): object {
  const found = [
    ...faults.map((finding) => ({ finding, level: 'error' })),
    ...warnings.map((finding) => ({ finding, level: 'warning' })),
  ];
  const codes = [...new Set(found.map(({ finding }) => finding.code))];
  const fallback = files[0] ?? 'app-config.yaml';
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'vestibule',
            semanticVersion: version(),
            rules: codes.map((id) => ({
              id,
              shortDescription: { text: wordsOf(id) },
              fullDescription: { text: wordsOf(id) },
              help: { text: `What ${id} means stands in docs/reference/errors.md.` },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: found.map(({ finding, level }) => ({
          ruleId: finding.code,
          ruleIndex: codes.indexOf(finding.code),
          level,
          message: {
            text: [finding.message, ...(finding.details ?? []), finding.nextStep ?? []].flat().join('\n'),
          },
          locations: [locationOf(finding, fallback)],
        })),
      },
    ],
  };
}

/** A variable of the environment has no line; then the first file stands for the config as a whole. */
function locationOf({ key, location }: CheckFinding, fallback: string): object {
  const isInFile = location !== undefined && location.line > 0;
  return {
    physicalLocation: {
      artifactLocation: artifactOf(isInFile ? location.file : fallback),
      region: isInFile ? { startLine: location.line, startColumn: location.column } : { startLine: 1 },
    },
    ...(key !== '' && { logicalLocations: [{ fullyQualifiedName: key, kind: 'member' }] }),
  };
}

/** Within the working directory, which code hosts take for the repository's, by the way from there. */
function artifactOf(file: string): object {
  if (isAbsolute(file) || file.startsWith(`..${sep}`)) return { uri: pathToFileURL(file).href };
  const uri = file
    .replace(/^\.[\\/]/, '')
    .split(sep)
    .map(encodeURIComponent)
    .join('/');
  return { uri, uriBaseId: '%SRCROOT%' };
}

/** `ERR_CONFIG_UNKNOWN_KEY`: "Config unknown key". */
function wordsOf(code: string): string {
  const words = code.replace(/^ERR_/, '').replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
