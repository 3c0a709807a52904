/**
 * `vestibule migrate`: what becomes of the config of a Backstage installation here. Reads files, and nothing else: no
 * environment, no network, no database; it starts and writes nothing.
 */
import { redactForDisplay } from '@vestibule/backend-defaults';
import { ConfigError } from '@vestibule/backend-plugin-api';
import { carriedKeys, handlersOf, modulesOf } from './carriedKeys.ts';
import { findDifferences } from './differences.ts';
import { findFaults } from './faults.ts';
import { findIgnoredKeys, findLessThanItSeems } from './lessThanItSeems.ts';
import { printReport } from './printReport.ts';
import { readInstallation } from './readInstallation.ts';
import { findingOf, type MigrationReport } from './report.ts';
import { findWithoutEffect } from './withoutEffect.ts';

/** What to report on, and how. */
export interface MigrateOptions {
  /** In the order of reading, later over earlier; at least one. */
  files: readonly string[];
  json: boolean;
}

/** @returns the exit code: 0 where the config starts here unchanged, else 1. */
export async function migrate({ files, json }: MigrateOptions): Promise<0 | 1> {
  const report = await reportOn(files);
  process.stdout.write(`${json ? JSON.stringify(report, undefined, 2) : printReport(report)}\n`);
  return report.startsUnchanged ? 0 : 1;
}

async function reportOn(files: readonly string[]): Promise<MigrationReport> {
  const nothing = {
    files,
    modules: [],
    environment: [],
    valueFiles: [],
    handlers: [],
    doesLessThanItSeems: [],
    differsOnPurpose: [],
    withoutEffect: [],
    carriesOver: [],
  };
  let installation;
  try {
    installation = await readInstallation(files);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { ...nothing, startsUnchanged: false, mustChange: error.problems.map(findingOf) };
  }
  const { mustChange, inspections } = await findFaults(installation);
  const withoutEffect = findWithoutEffect(installation);
  const ignored = findIgnoredKeys(installation);
  const report: MigrationReport = {
    files,
    startsUnchanged: mustChange.length === 0,
    mustChange,
    modules: modulesOf(inspections),
    environment: [...installation.variables].map(([name, keys]) => ({ name, keys })),
    valueFiles: [...installation.valueFiles].map(([name, keys]) => ({ name, keys })),
    handlers: handlersOf(installation),
    doesLessThanItSeems: [...findLessThanItSeems(installation), ...ignored],
    differsOnPurpose: findDifferences(installation),
    withoutEffect,
    carriesOver: carriedKeys(installation, [...mustChange, ...withoutEffect, ...ignored]),
  };
  return withoutSecrets(report, (text) => redactForDisplay(text, installation.config));
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
