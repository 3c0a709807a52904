/**
 * `vestibule migrate`: what becomes of the config of a Backstage installation here. Reads files, and nothing else: no
 * environment, no network, no database; it starts and writes nothing.
 */
import { redactForDisplay } from '@vestibule/backend-defaults';
import { redactReport } from '../redactReport.ts';
import { carriedKeys, handlersOf, modulesOf } from './carriedKeys.ts';
import { findDifferences } from './differences.ts';
import { findFaults, findForeign, findNobody, findUndecided, findUnknownProviders } from './faults.ts';
import { judgeInstallation } from './judgeInstallation.ts';
import { findIgnoredKeys, findLessThanItSeems } from './scopeCaveats.ts';
import { printReport } from './printReport.ts';
import type { MigrationReport } from './report.ts';
import { findWithoutEffect } from './withoutEffect.ts';
import { withoutStandIns } from './withoutStandIns.ts';

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
    whoCanSignIn: judgement.whoCanSignIn,
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
  return redactReport(report, (text) => redactForDisplay(withoutStandIns(text, judgement), config));
}
