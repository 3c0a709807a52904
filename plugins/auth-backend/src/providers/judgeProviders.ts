/**
 * What a start would find in the blocks under `auth.providers`, before anything of it is made. Only the types that are
 * services are known by then, and no resolver that a module adds: what these may mend is provisional.
 */
import {
  asObject,
  convertTexts,
  configProblemAt,
  type ConfigJudgeContext,
  type ConfigJudgeFindings,
  type ConfigProblem,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { createOutboundHttp } from '@vestibule/outbound-http';
import { authProviderServiceRef, providerDefinitionOf } from '@vestibule/plugin-auth-node';
import { signInPageWarnings } from '@vestibule/plugin-auth-pages';
import { authConfigSchema } from '../config.ts';
import { nobodySignsIn } from '../nobodySignsIn.ts';
import { disabledProvider, nameOfProvider, noProviderLeft, settleProviders } from './buildProviders.ts';
import type { ProviderBuildContext } from './buildContext.ts';
import { catalogPlaceOf } from './catalogPlace.ts';
import { createProviderTypes } from './providerTypes.ts';
import { createResolverRegistry } from './resolverRegistry.ts';
import { createTransformRegistry } from './transformRegistry.ts';

const anyUrl = 'https://portal.invalid';

/** Providers are created, by the same code as for good, and nothing of them is called. */
export async function judgeProviders({
  config,
  runtimeMode,
  isAdded,
  valuesOf,
}: ConfigJudgeContext): Promise<ConfigJudgeFindings> {
  const registry = createProviderTypes();
  // Of a Backstage module nobody knows what it does when it is made.
  registry.addServices(
    (await valuesOf(authProviderServiceRef)).filter(({ factory }) => providerDefinitionOf(factory)),
  );
  const types = registry.all();
  const http = createOutboundHttp();
  const { success: isSound, data: auth } = authConfigSchema.shape.auth.safeParse(
    convertTexts(config.getOptional('auth'), authConfigSchema.shape.auth),
  );
  const warnings: ConfigProblem[] = [];
  const notes: string[] = [];
  const catalog = catalogPlaceOf(config, isAdded);
  const { baseUrl: given } = asObject(config.getOptional('backend'));
  const baseUrl = typeof given === 'string' ? given : anyUrl;
  const building: ProviderBuildContext = {
    config,
    logger: silent,
    warn: (warning) => void warnings.push(warning),
    // Without an address of its own, nobody knows yet where people come back to.
    tell: (summary) => void notes.push(summary.replace(new RegExp(`; callback URL: ${anyUrl}\\S*`), '')),
    catalog,
    runtimeMode,
    foreignCode: { run: async (_, act) => act(), leave: (act) => act(), claim: () => undefined },
    http,
    clock: { now: () => 0 },
    resolvers: createResolverRegistry(),
    transforms: createTransformRegistry(),
    appUrl: anyUrl,
    isOriginAllowed: () => false,
    baseUrl: `${baseUrl.replace(/\/+$/, '')}/api/auth`,
    allowAnyProviderResolvers: false,
    allow: auth?.allow,
  };
  try {
    const settled = settleProviders(types, building);
    const disabled = settled.filter(({ problems }) => problems.length > 0);
    warnings.push(...settled.flatMap(({ missing }) => missing ?? []));
    const entries = settled.flatMap((one) =>
      one.missing ? [] : [[one.providerId, one.entry ?? disabledProvider(types, config, one)] as const],
    );
    // Which environment is meant is not known of settings that are refused.
    if (isSound) warnings.push(...signInPageWarnings(config, auth?.signInPage, runtimeMode));
    const nobody =
      isSound && nobodySignsIn(config, new Map(entries), { environment: auth?.environment, catalog });
    if (nobody) warnings.push(nobody);
    const isAnyLeft = settled.some(({ entry }) => entry);
    return {
      warnings,
      notes,
      disabled: disabled.map(({ providerId, problems }) => ({ name: nameOfProvider(providerId), problems })),
      problems:
        isAnyLeft || settled.length === 0
          ? []
          : [
              {
                ...configProblemAt(config, 'auth.providers', {
                  code: 'ERR_NO_PROVIDER_LEFT',
                  message: noProviderLeft,
                  suggestion:
                    disabled.length < settled.length
                      ? 'Add the module of one of them, or a provider that is installed.'
                      : undefined,
                  at: 'key',
                }),
                isProvisional: true,
              },
            ],
    };
  } finally {
    await http.close();
  }
}

/** What a start logs is told by whoever asked. */
const silent: LoggerService = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silent,
};
