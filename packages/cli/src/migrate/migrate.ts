/**
 * `vestibule migrate`: what becomes of the config of a Backstage installation here. Reads files, and nothing else: no
 * environment, no network, no database; it starts and writes nothing.
 */
import { redactForDisplay } from '@vestibule/backend-defaults';
import { carriedKeys, handlersOf, modulesOf } from './carriedKeys.ts';
import { findDifferences } from './differences.ts';
import { findFaults, findForeign, findNobody, findUndecided, findUnknownProviders } from './faults.ts';
import { judgeInstallation, type InstallationJudgement } from './judgeInstallation.ts';
import { findIgnoredKeys, findLessThanItSeems } from './scopeCaveats.ts';
import { printReport } from './printReport.ts';
import type { MigrationReport } from './report.ts';
import { findWithoutEffect } from './withoutEffect.ts';

/** What to report on, and how. */
export interface MigrateOptions {
  /** In the order of reading, later over earlier; at least one. */
  files: readonly string[];
  json: boolean;
  /** Whether the config is for production, though it may not say so. */
  isProduction: boolean;
}

/** @returns the exit code: 0 where the config starts here unchanged, else 1. */
export async function migrate({ files, json, isProduction }: MigrateOptions): Promise<0 | 1> {
  const report = await reportOn(files, isProduction);
  process.stdout.write(`${json ? JSON.stringify(report, undefined, 2) : printReport(report)}\n`);
  return report.startsUnchanged ? 0 : 1;
}

async function reportOn(files: readonly string[], isProduction: boolean): Promise<MigrationReport> {
  const judgement = await judgeInstallation(files, { isProduction });
  const { installation } = judgement;
  const mustChange = findFaults(judgement);
  const foreign = findForeign(judgement);
  const withoutEffect = findWithoutEffect(installation);
  const ignored = findIgnoredKeys(installation);
  const report: MigrationReport = {
    files,
    startsUnchanged: mustChange.length === 0,
    mustChange,
    notJudged: findUndecided(judgement),
    modules: modulesOf(installation),
    environment: [...installation.variables].map(([name, keys]) => ({ name, keys })),
    valueFiles: [...installation.valueFiles].map(([name, keys]) => ({ name, keys })),
    handlers: handlersOf(installation),
    foreign,
    doesLessThanItSeems: [
      ...findNobody(judgement),
      ...findLessThanItSeems(installation),
      ...findUnknownProviders(judgement),
      ...ignored,
    ],
    differsOnPurpose: findDifferences(installation),
    withoutEffect,
    carriesOver: carriedKeys(installation, [...mustChange, ...foreign, ...withoutEffect, ...ignored]),
  };
  const { config } = installation;
  return withoutSecrets(report, (text) => redactForDisplay(withoutStandIns(text, judgement), config));
}

/** What was judged with in place of a variable or a file is nobody's value. */
function withoutStandIns(text: string, { values }: InstallationJudgement): string {
  const named = [
    ...[...values.variables].map(([name, value]) => [`\${${name}}`, value] as const),
    ...[...values.files].map(([name, value]) => [`the text of ${name}`, value] as const),
  ];
  return named
    .filter(([, value]) => value.includes('.invalid'))
    .reduce((rest, [name, value]) => rest.replaceAll(value, name), text);
}

/** Every text of the report, redacted. */
function withoutSecrets<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === 'string') return redact(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutSecrets(item, redact)) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutSecrets(member as unknown, redact)]),
  ) as T;
}
