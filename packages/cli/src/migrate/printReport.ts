/** The report for people. */
import { formatConfigLocation, formatConfigProblem } from '@vestibule/backend-plugin-api';
import type { Finding, MigrationReport, NamedSource } from './report.ts';

export function printReport(report: MigrationReport): string {
  const { mustChange, modules, handlers, environment, valueFiles, carriesOver } = report;
  const files = report.files.join(', ');
  const count = mustChange.length === 1 ? '1 thing' : `${mustChange.length} things`;
  const verdict = report.startsUnchanged ? 'starts here unchanged' : `${count} must change`;
  const sections: [title: string, lines: readonly string[]][] = [
    ['Must change', mustChange.map(findingLines)],
    ['Could not be judged in full', report.notJudged.map(findingLines)],
    ['Who can sign in', report.whoCanSignIn],
    ['Modules', modules.map(moduleLine)],
    [
      'Handlers of tokens, which a backend in code adds; any other refuses to start',
      handlers.map(sourceLine),
    ],
    ['From the environment, which was not looked at', environment.map(sourceLine)],
    ['From files that were not opened', valueFiles.map(sourceLine)],
    ['Keys of others, which a start only warns of', report.foreign.map(findingLines)],
    ['Does less there than it seems', report.doesLessThanItSeems.map(findingLines)],
    ['Differs here on purpose', report.differsOnPurpose.map(findingLines)],
    ['Without effect here', report.withoutEffect.map(findingLines)],
    [
      'Carries over',
      carriesOver.map(({ key, location }) => (location ? `${key} (${formatConfigLocation(location)})` : key)),
    ],
  ];
  const printed = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [`${title}: ${lines.length}`, ...lines.map(indented)].join('\n'));
  return [`${files}: ${verdict}`, ...printed].join('\n\n');
}

function findingLines({ key, message, location, nextStep }: Finding): string {
  return formatConfigProblem({
    code: 'ERR_CONFIG_VALUE_INVALID',
    path: key,
    message,
    ...(location && { location }),
    ...(nextStep !== undefined && { suggestion: nextStep }),
  });
}

function moduleLine({ package: name, providers, isIncluded }: MigrationReport['modules'][number]): string {
  const how = isIncluded ? "'vestibule start' has it" : `backend.add(import('${name}'))`;
  return `${providers.join(', ')}: ${isIncluded ? `${name}; ` : ''}${how}`;
}

function sourceLine({ name, keys }: NamedSource): string {
  return `${name} for ${keys.join(', ')}`;
}

function indented(text: string): string {
  return `  ${text.replaceAll('\n', '\n  ')}`;
}
