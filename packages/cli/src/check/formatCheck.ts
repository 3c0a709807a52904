/** A report of a check as text, JSON or SARIF. */
import { formatConfigLocation } from '@vestibule/backend-plugin-api';
import type { CheckFinding, CheckForm, CheckReport } from './checkReport.ts';
import { sarifOf } from './sarif.ts';

/**
 * The report as `vestibule check` prints it.
 *
 * @param form - `text` (default), `json`, or `sarif`: SARIF 2.1.0.
 * @param files - The config files, as they were named; SARIF shows at the first what has no place of its own.
 * @public
 */
export function formatCheck(
  report: CheckReport,
  form: CheckForm = 'text',
  files: readonly string[] = [],
): string {
  if (form === 'json') return `${JSON.stringify(report, undefined, 2)}\n`;
  if (form === 'sarif') return `${JSON.stringify(sarifOf(report, files), undefined, 2)}\n`;
  const { faults, warnings, notJudged } = report;
  const sections: [title: string, lines: readonly string[]][] = [
    ['Faults', faults.map(linesOf)],
    ['Warnings', warnings.map(linesOf)],
    ['Could not be judged in full', notJudged.map(({ message }) => message)],
  ];
  const printed = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [`${title}: ${lines.length}`, ...lines.map(indented)].join('\n'));
  return `${[verdict(report), ...printed].join('\n\n')}\n`;
}

function verdict({ isGood, faults }: CheckReport): string {
  if (isGood) return 'A start would find no fault.';
  return `A start would find ${faults.length === 1 ? '1 fault' : `${faults.length} faults`}.`;
}

/** As a start prints it. */
function linesOf({ message, location, details = [], nextStep }: CheckFinding): string {
  const place = location ? ` (${formatConfigLocation(location)})` : '';
  return [`${message}${place}`, ...[...details, nextStep ?? []].flat().map(indented)].join('\n');
}

function indented(text: string): string {
  return `  ${text.replaceAll('\n', '\n  ')}`;
}
