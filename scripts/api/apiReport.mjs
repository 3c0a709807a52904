// The API report of one package, by API Extractor, from the declarations in its `dist`: what stands in `report.api.md` is what its
// index exports, and nothing else is public.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { root } from '../docs/sources.mjs';

const atLevel = (logLevel) => ({ logLevel, addToApiReportFile: false });

/** What is said of an API by API Extractor (`ae-`), by the compiler (`TS`), and of its comments (`tsdoc-`). */
const messages = {
  compilerMessageReporting: { default: atLevel('error') },
  extractorMessageReporting: { default: atLevel('error') },
  tsdocMessageReporting: { default: atLevel('error') },
};

/**
 * Writes the report, or compares it.
 *
 * @param folder - Of the package, from the root.
 * @returns what is wrong, a line each.
 */
export function reportApi(folder, { isCheck }) {
  const temporary = join(root, 'node_modules/.cache/api-reports', folder);
  mkdirSync(temporary, { recursive: true });
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(root, folder, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: join(root, folder),
      mainEntryPointFilePath: '<projectFolder>/dist/index.d.ts',
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            lib: ['es2023', 'esnext.disposable'],
            module: 'nodenext',
            moduleResolution: 'nodenext',
            strict: true,
            types: ['node'],
            skipLibCheck: true,
          },
          files: ['dist/index.d.ts'],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: 'report',
        reportFolder: '<projectFolder>',
        reportTempFolder: temporary,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages,
    },
  });
  const problems = [];
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: !isCheck,
    messageCallback(message) {
      message.handled = true;
      const isProblem = [ExtractorLogLevel.Error, ExtractorLogLevel.Warning].includes(message.logLevel);
      if (isProblem && !isToldElsewhere(message) && !isUndocumentedMember(message))
        problems.push(lineOf(message));
    },
  });
  if (isCheck && apiReportChanged)
    problems.push('is not current: run `npm run docs:api`, and look at what changed');
  return { problems, temporary };
}

/** That the report changed is told in words of our own. */
function isToldElsewhere({ messageId }) {
  return messageId.startsWith('console-api-report-');
}

/** Whatever is exported says what it is. A member may do so by its name. */
function isUndocumentedMember({ messageId, sourceFilePath, sourceFileLine }) {
  if (messageId !== 'ae-undocumented' || sourceFilePath === undefined) return false;
  return !readFileSync(sourceFilePath, 'utf8').split('\n')[sourceFileLine - 1].startsWith('export ');
}

function lineOf({ messageId, text, sourceFilePath, sourceFileLine }) {
  const place = sourceFilePath ? `${relative(root, sourceFilePath)}:${sourceFileLine ?? 1}: ` : '';
  return `${place}${messageId}: ${text.replace(/\s+/g, ' ')}`;
}
