/**
 * The names under `providers` of the old system whose vendor has no module of ours. Whoever reads one is told what to use,
 * instead of that `undefined` has no `create`.
 */
import { packageOfProvider } from '@vestibule/plugin-auth-node';
import { AuthRouterError } from '../errors.ts';

/** With the id in config, where there is a module for it. */
const absentNames: Readonly<Record<string, string | undefined>> = {
  atlassian: 'atlassian',
  auth0: 'auth0',
  awsAlb: 'awsalb',
  bitbucket: 'bitbucket',
  bitbucketServer: 'bitbucketServer',
  cfAccess: 'cfaccess',
  easyAuth: 'azureEasyAuth',
  gcpIap: 'gcpIap',
  gitlab: 'gitlab',
  microsoft: 'microsoft',
  oauth2: 'oauth2',
  oauth2Proxy: 'oauth2Proxy',
  okta: 'okta',
  onelogin: 'onelogin',
  saml: undefined,
};

/** Their vendors are OpenID Providers, or have one beside SAML. */
const openIdNames: ReadonlySet<string> = new Set([
  'auth0',
  'gitlab',
  'microsoft',
  'okta',
  'onelogin',
  'saml',
]);

/** What to use for a type of provider that is not among ours, by its id in config or its name of old. */
export function insteadOf(name: string): string | undefined {
  const id = Object.hasOwn(absentNames, name) ? absentNames[name] : name;
  const module = id === undefined ? undefined : packageOfProvider(id);
  const ways = [
    ...(openIdNames.has(name) ? ["'type: oidc' in config (docs/guides/openid-vendors.md)"] : []),
    ...(module === undefined
      ? []
      : [`Backstage's module: createAuthRouter({ features: [import('${module}')] })`]),
  ];
  return ways.length === 0 ? undefined : `use ${ways.join(', or ')}`;
}

/** Adds the names, each of which throws `ERR_AUTH_ROUTER_PROVIDER_ABSENT` where it is read. They cannot be enumerated. */
export function withAbsent<T extends object>(providers: T): T {
  for (const name of Object.keys(absentNames)) {
    Object.defineProperty(providers, name, {
      get() {
        throw new AuthRouterError(
          'ERR_AUTH_ROUTER_PROVIDER_ABSENT',
          `providers.${name} is not among the providers of ours: ${insteadOf(name)}`,
        );
      },
    });
  }
  return providers;
}
