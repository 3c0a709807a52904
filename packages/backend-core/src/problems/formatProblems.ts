/** Prints problems the way a person reads them: the culprit, where it is needed, the next step. */
import { formatConfigLocation, configProblemLine, type ConfigProblem } from '@vestibule/backend-plugin-api';
import type { StartupProblem } from './startupProblem.ts';

const maximalPaths = 3;

/** The message of a failed start. `notes`: what is to be known of all of them. */
export function formatProblems(
  problems: readonly StartupProblem[],
  notes: readonly ConfigProblem[] = [],
): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [
    `Could not start: ${count}`,
    ...problems.map((problem) => indent(formatProblem(problem))),
    ...notes.map((note) => `Note: ${configProblemLine(note)}`),
  ].join('\n');
}

/** One problem: a line, and indented lines with the details. */
export function formatProblem(problem: StartupProblem): string {
  const { message, location, frames = [], places = [], relation, paths, hint, stopped } = problem;
  const place = location ? ` (${formatConfigLocation(location)})` : '';
  const lines = [`${message}${place}`];
  for (const frame of frames) lines.push(indent(`at ${frame}`));
  lines.push(...places.map(indent));
  for (const path of paths.slice(0, maximalPaths)) lines.push(indent(`${relation}: ${path}`));
  if (paths.length > maximalPaths) lines.push(indent(`and ${paths.length - maximalPaths} more`));
  if (stopped.length > 0) lines.push(indent(`stopped: ${stopped.join(', ')}`));
  if (hint) lines.push(indent(hint));
  return lines.join('\n');
}

function indent(text: string): string {
  return `  ${text.replaceAll('\n', '\n  ')}`;
}
