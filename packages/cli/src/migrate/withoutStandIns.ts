/** What is told of a judgement that was made with values of nobody. */
import type { InstallationJudgement } from './judgeInstallation.ts';

/** What was judged with in place of a variable or a file is named instead. */
export function withoutStandIns(text: string, { values }: InstallationJudgement): string {
  const named = [
    ...[...values.variables].map(([name, value]) => [`\${${name}}`, value] as const),
    ...[...values.files].map(([name, value]) => [`the text of ${name}`, value] as const),
  ];
  return named
    .filter(([, value]) => value.includes('.invalid'))
    .reduce((rest, [name, value]) => rest.replaceAll(value, name), text);
}
