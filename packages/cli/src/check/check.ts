/** `vestibule check`: what a start would find in a config, without a start. */
import { writeFile } from 'node:fs/promises';
import { createDefaultBackend } from '@vestibule/backend';
import { redactForDisplay } from '@vestibule/backend-defaults';
import { findUndecided } from '../migrate/faults.ts';
import { judgeInstallation } from '../migrate/judgeInstallation.ts';
import { withoutStandIns } from '../migrate/withoutStandIns.ts';
import { redactReport } from '../redactReport.ts';
import { checkBackend } from './checkBackend.ts';
import { reportOnFaults, type CheckForm, type CheckReport } from './checkReport.ts';
import { formatCheck } from './formatCheck.ts';

/** What to check, and how to tell. */
export interface CheckOptions {
  /** In the order of reading; where none is named, those of the working directory that a start reads. */
  readonly files: readonly string[];
  readonly form: CheckForm;
  /** Whether the config is for production, though neither it nor NODE_ENV may say so. */
  readonly isProduction: boolean;
  /** Whether the environment of the start is another one, and unknown. */
  readonly isForAnyEnvironment: boolean;
  /** Default: the standard output. */
  readonly output?: string;
}

/** @returns the exit code: 0 where a start would find no fault, else 1. */
export async function check(options: CheckOptions): Promise<0 | 1> {
  const { files, form, isProduction, isForAnyEnvironment, output } = options;
  const report = isForAnyEnvironment
    ? await checkForAnyEnvironment(files, isProduction)
    : await checkBackend(createDefaultBackend({ configFiles: files }), { isProduction });
  const text = formatCheck(report, form, files);
  if (output === undefined) process.stdout.write(text);
  else {
    try {
      await writeFile(output, text);
    } catch (error) {
      process.stderr.write(`${output} cannot be written: ${(error as Error).message}\n`);
      return 1;
    }
  }
  return report.isGood ? 0 : 1;
}

/** With values for the environment that fit wherever any would. */
async function checkForAnyEnvironment(files: readonly string[], isProduction: boolean): Promise<CheckReport> {
  const judgement = await judgeInstallation(files, { isProduction });
  const { config } = judgement.installation;
  const report = {
    ...reportOnFaults(judgement),
    notJudged: findUndecided(judgement).map(({ key, message }) => ({ key, message })),
  };
  return redactReport(report, (text) => redactForDisplay(withoutStandIns(text, judgement), config));
}
