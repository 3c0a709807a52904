/** The provider as a plugin: below `/dev-idp` of the backend, for the demo. */
import {
  coreServices,
  createBackendPlugin,
  configProblemAt,
  runtimeModeServiceRef,
  withConfigJudge,
  withProductionCheck,
  type Config,
  type ConfigJudgeContext,
  type ConfigJudgeFindings,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';
import type { DevIdpClient } from './clients.ts';
import { devIdpConfigSchema } from './config.ts';
import { createDevIdp } from './devIdp.ts';
import { DevIdpInProductionError } from './errors.ts';
import { demoPeople } from './people.ts';

/**
 * Mounts the provider at `<backend.baseUrl>/dev-idp`, only where `devIdp.enabled` is true. Its client is `vestibule` with
 * the secret `dev-only-secret`, for the provider `oidc`; `devIdp.clients` adds others. Fails with
 * `ERR_DEV_IDP_IN_PRODUCTION` in production.
 *
 * @public
 */
export const devIdpPlugin = createBackendPlugin({
  pluginId: 'dev-idp',
  configSchema: withProductionCheck(withConfigJudge(devIdpConfigSchema, judgeBaseUrl), problemsInProduction),
  register({ registerInit }) {
    registerInit({
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        router: coreServices.rootHttpRouter,
        runtimeMode: runtimeModeServiceRef,
      },
      async init({ config, logger, router, runtimeMode }) {
        if (!isEnabled(config)) return;
        if (runtimeMode.isProduction) throw new DevIdpInProductionError();
        const baseUrl = config.getString('backend.baseUrl').replace(/\/$/, '');
        const issuer = `${baseUrl}/dev-idp`;
        const { handler } = await createDevIdp({
          issuer,
          clients: [demoClient(baseUrl), ...configuredClients(config)],
          people: demoPeople,
        });
        router.use('/dev-idp', handler);
        logger.info(`Development identity provider at ${issuer}: anyone can sign in as anyone`);
      },
    });
  },
});

/** It names itself by the address of the backend, which it cannot guess. */
function judgeBaseUrl({ config }: ConfigJudgeContext): ConfigJudgeFindings {
  const { backend } = config.getOptional<{ backend?: { baseUrl?: unknown } }>() ?? {};
  if (!isEnabled(config) || (backend?.baseUrl ?? undefined) !== undefined) return {};
  const problem = configProblemAt(config, 'devIdp.enabled', {
    code: 'ERR_CONFIG_VALUE_MISSING',
    message: 'backend.baseUrl is missing; the development identity provider is named by it',
    suggestion: 'Set it, or remove devIdp from the config.',
  });
  return { problems: [{ ...problem, path: 'backend.baseUrl' }] };
}

/** Beside the other faults of the config, rather than when it would start. */
function problemsInProduction(config: Config): ConfigProblem[] {
  if (!isEnabled(config)) return [];
  const { code, message, hint } = new DevIdpInProductionError();
  return [configProblemAt(config, 'devIdp.enabled', { code, message, suggestion: hint })];
}

/** A value that is no boolean is for the schema to refuse. */
function isEnabled(config: Config): boolean {
  try {
    return config.getOptionalBoolean('devIdp.enabled') === true;
  } catch {
    return false;
  }
}

function demoClient(baseUrl: string): DevIdpClient {
  return {
    clientId: 'vestibule',
    clientSecret: 'dev-only-secret',
    redirectUris: [`${baseUrl}/api/auth/oidc/handler/frame`],
  };
}

function configuredClients(config: Config): DevIdpClient[] {
  return (config.getOptionalConfigArray('devIdp.clients') ?? []).map((client) => ({
    clientId: client.getString('clientId'),
    clientSecret: client.getString('clientSecret'),
    redirectUris: client.getStringArray('redirectUris'),
  }));
}
