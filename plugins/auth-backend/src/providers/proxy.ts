/** Adapter of proxy-type providers: who calls is read from each request, and nothing is stored. */
import {
  ConfigError,
  NotImplementedError,
  configProblemAt,
  isObject,
  type CheckConfigOptions,
  type Config,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';
import type { ProxyProviderDefinition } from '@vestibule/plugin-auth-node';
import { instanceSchema, proxySettingsSchema } from '../config.ts';
import type { ProviderBuildContext } from './buildContext.ts';
import { settle } from './configFaults.ts';
import { isKeyOf } from './instanceKeys.ts';
import { readBlock, schemasOf, type ProviderBlock } from './readBlock.ts';
import type { EnvironmentSettings, SignInProvider } from './signInProvider.ts';

const commonSchema = proxySettingsSchema.extend(instanceSchema.shape);

/** What front ends send to every kind of provider; the rest of a query is for the provider. */
const ofTheRoute: ReadonlySet<string> = new Set(['optional', 'env', 'scope']);

/** @throws ConfigError with the faults of its block. */
export function createProxySignIn(
  block: ProviderBlock<ProxyProviderDefinition>,
  building: ProviderBuildContext,
): SignInProvider {
  const { providerId, type, definition } = block;
  const { config, logger, http, clock, runtimeMode } = building;
  const path = `auth.providers.${providerId}`;
  const misplaced = environmentProblems(config, path, schemasOf(block, commonSchema).schemas);
  const warn: ProviderBuildContext['warn'] = (warning) => {
    if (!misplaced.some((problem) => problem.path === warning.path)) building.warn(warning);
  };
  const { value, problems } = settle(() =>
    readBlock({ ...block, schema: commonSchema }, { ...building, warn }),
  );
  if (misplaced.length > 0 || !value) throw new ConfigError([...misplaced, ...problems]);
  const { common, settings, policy, ...read } = value;
  const provider = read.create(() =>
    definition.create({
      settings,
      providerId,
      logger: logger.child({ provider: providerId }),
      runtimeMode,
      http,
      now: () => clock.now(),
    }),
  );
  const { isOpen = true, says, nextStep } = provider.admission ?? {};
  const closed = { why: `lets in ${says ?? 'nobody'}`, ...(nextStep !== undefined && { nextStep }) };
  // What the config tells comes first: a judgement of it may not know the mode in which it will run.
  const nobody = read.nobody ?? (isOpen ? undefined : closed);
  read.announce({ ...(says !== undefined && { admits: says }) });
  const { title = definition.title, icon } = common;
  return {
    ...signInByRequest({ policy, ...(nobody && { nobody }) }),
    id: providerId,
    type,
    title,
    ...(icon !== undefined && { icon }),
    async identify({ http: { headers }, query: given, budget }) {
      const query = new URLSearchParams([...given].filter(([name]) => !ofTheRoute.has(name)));
      const { profile, result, providerInfo } = await provider.authenticate({
        headers,
        query,
        signal: budget.signal,
      });
      // Nothing besides: who signs in, and what of, is for policy to find.
      return { profile, result, providerInfo };
    },
  };
}

/** What all of them have in common that keep nothing: there is no start, no callback, no session. */
export function signInByRequest({
  policy,
  nobody,
}: Pick<EnvironmentSettings, 'policy' | 'nobody'>): Omit<
  SignInProvider,
  'id' | 'type' | 'title' | 'identify'
> {
  const notOffered = async () =>
    Promise.reject(new NotImplementedError('ERR_AUTH_NOT_OFFERED', 'Not implemented'));
  return {
    can: { popup: false, refresh: false, logout: false },
    environments: [],
    callbackUrls: [],
    settingsOf: () => ({
      policy,
      ...(nobody && { nobody }),
      questions: {},
      persistsScopes: false,
      sessionMilliseconds: 0,
      refreshTokenAdvice: 'A provider of this kind keeps no session.',
    }),
    readScopes: () => [],
    begin: notOffered,
    finish: notOffered,
    renewAlways: false,
    canRenew: () => false,
    renew: notOffered,
    end: notOffered,
  };
}

/** A mapping that holds keys of the block was meant for an environment, and would be passed over with what it forbids. */
function environmentProblems(
  config: Config,
  path: string,
  schemas: CheckConfigOptions['schemas'],
): ConfigProblem[] {
  const block = config.getConfig(path).getOptional<Record<string, unknown>>() ?? {};
  const isKnown = (key: string) => schemas.some(({ schema }) => isKeyOf(schema, key));
  return Object.entries(block).flatMap(([name, value]) => {
    if (isKnown(name) || !isObject(value)) return [];
    const key = Object.keys(value).find(isKnown);
    if (key === undefined) return [];
    return configProblemAt(config, [...path.split('.'), name], {
      code: 'ERR_CONFIG_UNKNOWN_KEY',
      what: 'is not a known key: a provider of this kind has no environments',
      suggestion: `'${key}' belongs at ${path}.${key}.`,
      at: 'key',
    });
  });
}
