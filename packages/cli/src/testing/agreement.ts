/** Holds what `vestibule migrate` says of a config against what a start of it does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createDefaultBackend } from '@vestibule/backend';
import { BackendStartupError, type Backend, type StartupProblem } from '@vestibule/backend-core';
import {
  createRootConfigFactory,
  databaseServiceFactory,
  httpServerServiceFactory,
  httpServerServiceRef,
  rootLoggerServiceFactory,
} from '@vestibule/backend-defaults';
import {
  configProblemLine,
  coreServices,
  createServiceFactory,
  type LoggerService,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import type { Fault } from '../judgement.ts';
import { judgeInstallation, type InstallationJudgement } from '../migrate/judgeInstallation.ts';
import type { GeneratedConfig } from './generatedConfigs.ts';

/** Of the generated configs: the same in every run, so that CI judges the change; another one looks elsewhere. */
export const seed = Number(process.env['VESTIBULE_TEST_SEED'] ?? 1);

/** How a start is made. */
export interface StartOptions {
  /** Whether it ends when the database is asked for, with everything judged and all providers made. */
  readonly isShort: boolean;
  /** Added to the start, and not to the judgement: to show that a difference is found. */
  readonly addedToStart?: readonly Parameters<Backend['add']>[0][];
}

/** What a start did. */
interface Outcome {
  readonly problems: readonly StartupProblem[];
  readonly lines: readonly string[];
}

/**
 * Where the two differ, in words; empty where they agree. The working directory must be one of the test's own, and is left
 * empty. The environment of the start holds what the judgement has tried, and then nothing.
 */
export async function differences(config: GeneratedConfig, options: StartOptions): Promise<string[]> {
  const folder = await mkdtemp('case-');
  try {
    for (const [name, text] of Object.entries(config.texts)) await writeFile(`${folder}/${name}`, text);
    for (const name of config.valueFiles) await writeFile(`${folder}/${name}`, 'not to be opened');
    const files = config.files.map((name) => `${folder}/${name}`);
    const judgement = await judgeInstallation(files, { isProduction: false });
    const { installation, values } = judgement;
    for (const [name, text] of values.files) {
      if (config.valueFiles.some((file) => name === `${folder}/${file}`)) await writeFile(name, text);
    }
    const filled = await start(files, Object.fromEntries(values.variables), options);
    const found = compare(judgement, filled);
    if (installation.variables.size === 0) return found;
    return [...found, ...compareWithNothingSet(judgement, await start(files, {}, options))];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function start(
  files: readonly string[],
  environment: Record<string, string>,
  { isShort, addedToStart = [] }: StartOptions,
): Promise<Outcome> {
  const lines: string[] = [];
  const backend = createDefaultBackend({ rootConfig: createRootConfigFactory({ files, environment }) });
  backend.add(rememberingLogger(lines));
  if (isShort) for (const factory of [databaseThatIsAway, serverThatDoesNotListen]) backend.add(factory);
  for (const feature of addedToStart) backend.add(feature);
  try {
    await backend.start();
    return { problems: [], lines };
  } catch (error) {
    if (!(error instanceof BackendStartupError)) throw error;
    const problems = error.problems.filter((one) => !one.message.includes(away) && !isOfOutside(one));
    return { problems, lines };
  } finally {
    await backend.stop();
  }
}

/** With fitting values: the same faults, disabled providers and warnings. */
function compare(judgement: InstallationJudgement, { problems, lines }: Outcome): string[] {
  const { stopping, disabling, warnings, undecided, installation } = judgement;
  const known = [...stopping, ...disabling];
  const found: string[] = [];
  const isOpen = undecided.length > 0 || installation.unknownIncludes.length > 0;
  for (const problem of problems) {
    if (isOpen || known.some((fault) => isSame(fault, problem)) || isNobodyLeft(problem)) continue;
    found.push(`only the start finds: ${problem.message}`);
  }
  const isRefused = problems.length > 0;
  const isStopped = stopping.length > 0;
  if (isRefused !== isStopped && !isOpen) {
    found.push(
      isRefused ? 'the start is refused, and migrate finds nothing that stops it' : 'the start goes on',
    );
  }
  // What parts may mend that are added meanwhile is judged by a start at its end, which a refused one does not reach.
  for (const fault of stopping) {
    if (problems.some((problem) => isSame(fault, problem))) continue;
    if (isProvisional(fault) && (isRefused || isOpen)) continue;
    found.push(`only migrate finds: ${fault.message}`);
  }
  if (isNobodyLeftIn(stopping) && !isRefused)
    found.push('migrate finds that no provider is left, and the start does not');
  if (isRefused) return found;
  const log = lines.join('\n');
  for (const fault of disabling) {
    if (isNobodyLeftIn([fault]) ? !isNobodyLeft({ message: log }) : !log.includes(configProblemLine(fault)))
      found.push(`no disabled provider: ${fault.message}`);
  }
  const disabled = lines.filter((line) => / is disabled: /.test(line));
  if (disabled.length > 0 && disabling.length === 0 && !isOpen)
    found.push(`only the start: ${disabled.join('; ')}`);
  for (const warning of warnings) {
    if (!isOpen && !log.includes(configProblemLine(warning))) found.push(`no warning: ${warning.message}`);
  }
  return found;
}

/**
 * With no variable set, a value that one gives is absent. A start then finds in addition only what is wrong at such a key, or
 * at what it is a part of; and it finds every fault that is no consequence of another value.
 */
function compareWithNothingSet(judgement: InstallationJudgement, { problems }: Outcome): string[] {
  const { stopping, disabling, installation } = judgement;
  const given = [...installation.variables.values()].flat();
  const isNear = (path: string) =>
    given.some(
      (key) =>
        key === path ||
        key.startsWith(`${path}.`) ||
        key.startsWith(`${path}[`) ||
        path.startsWith(`${key}.`),
    );
  const known = [...stopping, ...disabling];
  // A list is shorter by an absent item, and a name with a variable is refused.
  if (given.some((key) => key.endsWith(']')) || installation.unknownIncludes.length > 0) return [];
  return problems
    .filter((problem) => !known.some((fault) => isSame(fault, problem)))
    .filter(
      ({ path = '', message }) =>
        !isNear(path) && !isNobodyLeft({ message }) && !/absent|variable/.test(message),
    )
    .map(({ message }) => `with no variable set, only the start finds: ${message}`);
}

function isSame({ code, path }: Fault, problem: StartupProblem): boolean {
  return (
    (code === problem.code && path === (problem.path ?? '')) ||
    (isNobodyLeft(problem) && code === 'ERR_NO_PROVIDER_LEFT')
  );
}

function isNobodyLeft({ message }: { message: string }): boolean {
  return message.includes('no sign-in provider can be used');
}

function isNobodyLeftIn(faults: readonly Fault[]): boolean {
  return faults.some(({ code }) => code === 'ERR_NO_PROVIDER_LEFT');
}

function isProvisional({ code, path }: Fault): boolean {
  return code === 'ERR_NO_PROVIDER_LEFT' || /externalAccess\[\d+\]\.type$/.test(path);
}

/** What a config alone cannot tell: see docs/decisions/28-one-judgement.md. */
function isOfOutside({ code, path = '', message }: StartupProblem): boolean {
  return (
    (/KeyFile$/.test(path) && / cannot be read/.test(message)) ||
    ['ERR_HTTP_LISTEN', 'ERR_HTTP_TLS_INVALID', 'ERR_FILE_CATALOG_UNREADABLE'].some(
      (one) => code === one || message.includes(one),
    )
  );
}

const away = 'the database of this test is away';

const databaseThatIsAway: ServiceFactory = createServiceFactory({
  service: coreServices.database,
  deps: {},
  ...(databaseServiceFactory.configSchema && { configSchema: databaseServiceFactory.configSchema }),
  factory: () => ({ getClient: async () => Promise.reject(new Error(away)) }),
});

const serverThatDoesNotListen: ServiceFactory = createServiceFactory({
  service: httpServerServiceRef,
  deps: {},
  ...(httpServerServiceFactory.configSchema && { configSchema: httpServerServiceFactory.configSchema }),
  factory: () => ({
    address: () => ({ address: '127.0.0.1', family: 'IPv4', port: 7007 }),
    url: () => 'http://localhost:7007',
    serve: () => undefined,
    serveUpgrades: () => undefined,
    isDraining: false,
  }),
});

function rememberingLogger(lines: string[]): ServiceFactory {
  const log = (message: string) => void lines.push(message);
  const logger: LoggerService = { error: log, warn: log, info: log, debug: log, child: () => logger };
  const { configSchema } = rootLoggerServiceFactory;
  return createServiceFactory({
    service: coreServices.rootLogger,
    deps: {},
    ...(configSchema && { configSchema }),
    factory: () => logger,
  });
}
