/**
 * Judges a config as a start does, by the same code, where the environment of the start is not known: with values for it
 * that fit wherever any would. A fault that is left then is one of the config, whatever the environment holds.
 */
import { createDefaultBackend } from '@vestibule/backend';
import type { StandIns } from '@vestibule/backend-defaults';
import {
  ConfigError,
  coreServices,
  createServiceFactory,
  followsFromGap,
  runtimeModeOf,
  runtimeModeServiceRef,
} from '@vestibule/backend-plugin-api';
import { faultsOf, type Fault, type JudgedFaults } from '../judgement.ts';
import { decides, decidingValues, fittingValues } from './fittingValues.ts';
import { formatPath, readInstallation, type Installation } from './readInstallation.ts';

/** What a start would find. */
export interface InstallationJudgement extends JudgedFaults {
  readonly installation: Installation;
  /** The keys of which not everything could be judged, because what they take from outside decides about others. */
  readonly undecided: readonly string[];
  /** The values that were judged with: texts of variables and of files, by name. */
  readonly values: {
    readonly variables: ReadonlyMap<string, string>;
    readonly files: ReadonlyMap<string, string>;
  };
}

type Trial = Pick<
  InstallationJudgement,
  'installation' | 'stopping' | 'disabling' | 'warnings' | 'whoCanSignIn'
>;

/** Something outside of the config that gives values. */
interface Source {
  readonly key: string;
  readonly name: string;
  readonly paths: readonly (readonly (string | number)[])[];
}

/** @param isProduction - Whether it is for production, though it may not say so. */
export async function judgeInstallation(
  files: readonly string[],
  { isProduction }: { isProduction: boolean },
): Promise<InstallationJudgement> {
  const attempt = async (values: ReadonlyMap<string, string>) => judgeWith(files, values, isProduction);
  let trial = await attempt(new Map());
  const sources = sourcesOf(trial.installation);

  // Each source takes the value with the fewest faults at its keys. A fault may hide behind that of another value, so those
  // that were thought to fit are tried again where they do not.
  const fitting = new Map<string, string>();
  const tried = new Set<Source>();
  for (;;) {
    const open = sources.filter((source) => !tried.has(source) && faultsAt(source, trial).length > 0);
    if (open.length === 0) break;
    for (const source of open) tried.add(source);
    for (const [key, value] of await bestValues(open, fitting, trial, attempt)) fitting.set(key, value);
    trial = await attempt(fitting);
  }

  const choosing = sources.filter(({ paths }) => paths.some(decides));
  for (const source of choosing) {
    if (trial.stopping.length + trial.disabling.length === 0) break;
    const limit = faultsAt(source, trial).length;
    for (const value of decidingValues(source.name)) {
      const other = await attempt(new Map([...fitting, [source.key, value]]));
      if (faultsAt(source, other).length <= limit) trial = common(trial, other);
    }
  }
  const values = { variables: new Map<string, string>(), files: new Map<string, string>() };
  for (const { key, name } of sources) {
    const kind = key.startsWith('variable') ? values.variables : values.files;
    kind.set(name, fitting.get(key) ?? fittingValues(name)[0] ?? '');
  }
  const undecided = choosing.flatMap(({ paths }) => paths.filter(decides).map(formatPath));
  return {
    ...trial,
    warnings: trial.warnings.filter(({ path }) => !undecided.includes(path)),
    undecided,
    values,
  };
}

/** For each of these sources the value with which fewest faults are at its keys; those that fit are tried no further. */
async function bestValues(
  sources: readonly Source[],
  others: ReadonlyMap<string, string>,
  first: Trial,
  attempt: (values: ReadonlyMap<string, string>) => Promise<Trial>,
): Promise<Map<string, string>> {
  const fewest = new Map(sources.map((source) => [source, faultsAt(source, first).length]));
  const best = new Map<string, string>();
  const values = new Map(others);
  const rounds = Math.max(...sources.map(({ name }) => fittingValues(name).length));
  for (let round = 1; round < rounds; round++) {
    const open = sources.filter((source) => (fewest.get(source) ?? 0) > 0);
    if (open.length === 0) break;
    for (const { key, name } of open) values.set(key, fittingValues(name)[round] ?? '');
    const trial = await attempt(values);
    for (const source of open) {
      const count = faultsAt(source, trial).length;
      if (count >= (fewest.get(source) ?? 0)) continue;
      fewest.set(source, count);
      best.set(source.key, values.get(source.key) ?? '');
    }
  }
  return best;
}

/** One judgement, by the code of a start. */
async function judgeWith(
  files: readonly string[],
  values: ReadonlyMap<string, string>,
  isProduction: boolean,
): Promise<Trial> {
  const valueOf = (kind: string, name: string) =>
    values.get(`${kind} ${name}`) ?? fittingValues(name)[0] ?? '';
  const standIns: StandIns = {
    variable: (name) => valueOf('variable', name),
    file: (name) => valueOf('file', name),
  };
  const installation = await readInstallation(files, standIns);
  const { config, problems, unread } = installation;
  const backend = createDefaultBackend({
    rootConfig: createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory() {
        if (problems.length > 0) throw new ConfigError(problems, { rest: { config, unread } });
        return config;
      },
    }),
  });
  backend.add(
    createServiceFactory({
      service: runtimeModeServiceRef,
      deps: { config: coreServices.rootConfig },
      // What NODE_ENV is where it will start, nobody knows.
      factory({ config: given }) {
        const mode = runtimeModeOf(isProduction ? 'production' : 'development', given);
        return { isDevelopment: mode.isDevelopment, isProduction: mode.isProduction };
      },
    }),
  );
  const judgement = await backend.judge();
  const { stopping, disabling, warnings, whoCanSignIn } = faultsOf(judgement);
  const unknown = installation.unknownIncludes.map(({ path }) => path);
  const isCertain = (fault: Fault) => !followsFromGap(unknown, fault);
  return {
    installation,
    stopping: stopping.filter(isCertain),
    disabling: disabling.filter(isCertain),
    warnings: warnings.filter(isCertain),
    whoCanSignIn,
  };
}

function sourcesOf({ outside }: Installation): Source[] {
  const sources = new Map<string, Source & { paths: (readonly (string | number)[])[] }>();
  for (const { path, sources: given } of outside) {
    for (const { kind, name } of given) {
      const key = `${kind} ${name}`;
      const source = sources.get(key) ?? { key, name, paths: [] };
      source.paths.push(path);
      sources.set(key, source);
    }
  }
  return [...sources.values()];
}

/** The faults of the values that a source gives, or of what these are a part of. A key is there whatever its value is. */
function faultsAt({ paths }: Source, { stopping, disabling }: Trial): Fault[] {
  const keys = paths.map(formatPath);
  return [...stopping, ...disabling].filter(
    ({ code, path }) =>
      path !== '' &&
      code !== 'ERR_CONFIG_UNKNOWN_KEY' &&
      code !== 'ERR_NO_PROVIDER_LEFT' &&
      keys.some((key) => key === path || key.startsWith(`${path}.`) || key.startsWith(`${path}[`)),
  );
}

/** What holds in both. */
function common(one: Trial, other: Trial): Trial {
  const found = new Set([...other.stopping, ...other.disabling].map(({ code, path }) => `${code} ${path}`));
  const isIn = ({ code, path }: Fault) => found.has(`${code} ${path}`);
  return { ...one, stopping: one.stopping.filter(isIn), disabling: one.disabling.filter(isIn) };
}
