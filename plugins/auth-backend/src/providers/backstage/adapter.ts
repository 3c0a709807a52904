/**
 * Adapter of Backstage's provider modules, unmodified. They keep their nonce, state and tokens in cookies of their own; here
 * those travel in our sealed transaction and rest in our session, so that they too get what ours get.
 */
import { parseUrl } from '@vestibule/backend-plugin-api';
import { ProviderAnswerInvalidError, RefusalError } from '@vestibule/plugin-auth-node';
import type { AuthResponse } from '../../authResponse.ts';
import { foreignCookies, isModulesSessionCookie } from '../../http/providerCookies.ts';
import { modulesResolver } from '../../policy/evaluateSignIn.ts';
import type { Grant } from '../../policy/grant.ts';
import type { IssuedIdentity } from '../../policy/resolverContext.ts';
import { addSecrets, type RecordDraft } from '../../record/recordDraft.ts';
import type { VendorSession, VendorTokens } from '../../sessions/session.ts';
import { signInByRequest } from '../proxy.ts';
import { joinScopes, splitScopes } from '../scopes.ts';
import type { ProviderRequest, SignInProvider } from '../signInProvider.ts';
import { createRequestEvidence, type RequestEvidence } from './evidence.ts';
import { decoded, runModule, type ModuleResponse } from './exchange.ts';
import { refusalOfHandler, refusalOfPage, refusalOfStart } from './failure.ts';
import { hostModule, type HostedModule, type ModuleOptions } from './module.ts';
import { readLogoutUrl, readModuleJson, readModulePage } from './response.ts';
import type { ProviderBuildContext } from '../buildContext.ts';

type Cookies = Readonly<Record<string, string>>;

/** @throws ConfigError where the block has a fault, or the module's factory refuses its config. */
export function createBackstageSignIn(
  options: ModuleOptions,
  building: ProviderBuildContext,
): SignInProvider {
  const module = hostModule(options, building);
  const { id, type, title, icon, settings, isProxyType } = module;
  const identity = { id, type, title, ...(icon !== undefined && { icon }) };
  if (isProxyType) {
    return {
      ...identity,
      ...signInByRequest(settings.get(undefined)!),
      identify: async (request) => identifyByModule(module, request),
    };
  }
  const { clock } = building;
  return {
    ...identity,
    can: { popup: true, refresh: true, logout: true },
    environments: module.environments,
    callbackUrls: [...settings.values()].flatMap(({ callbackUrl }) => callbackUrl ?? []),
    settingsOf: (environment) => settings.get(environment),
    readScopes: splitScopes,
    // Only the module knows whether its cookies are good still.
    renewAlways: true,

    async begin({ http, query, scopes, state, session }) {
      const theirs = [...query].filter(([name]) => !['origin', 'redirectUrl', 'flow'].includes(name));
      const { start } = module.handlers();
      // One that persists scopes finds those granted before in a cookie, and asks for them again.
      const cookies = cookiesOf((await session())?.vendor);
      const response = await runModule({
        handler: start,
        request: http,
        query: Object.fromEntries(theirs),
        cookies,
      });
      if ('failure' in response) throw refusalOfStart(response.failure);
      const location = parseLocation(response.location);
      const theirState = location.searchParams.get('state');
      return {
        location: withState(location, state),
        scopes,
        privateState: {
          version: 1,
          kind: 'backstage',
          ...(theirState && { state: theirState }),
          cookies: Object.fromEntries(response.cookies),
          session: response.session,
        },
      };
    },

    async finish(request, privateState) {
      if (privateState.kind !== 'backstage') throw new RefusalError('ERR_AUTH_STATE_MISMATCH');
      const { state, cookies, session } = privateState;
      const { draft, query, scopes } = request;
      const { state: _ours, ...others } = Object.fromEntries(query);
      addSecrets(draft, Object.values(cookies));
      const { frameHandler } = module.handlers();
      const { response, evidence, issued } = await call(module, request, {
        handler: frameHandler,
        query: { ...others, ...(state !== undefined && { state }) },
        cookies,
        session,
      });
      if ('failure' in response) throw noted(refusalOfHandler(response.failure, evidence), evidence, draft);
      const said = readPage(response, { evidence, draft, providerError: query.get('error') });
      const tokens = tokensOf(said, clock.now());
      return {
        ...provenBy(module, request, said, issued),
        tokens,
        vendor: { version: 1, kind: 'backstage', cookies: keptCookies(response.cookies) },
        sessionScopes: joinScopes(scopes, tokens.scopes),
      };
    },

    identify: async (request) => identifyByModule(module, request),

    canRenew: (_, { vendor }) =>
      Object.keys(cookiesOf(vendor)).some((name) => isModulesSessionCookie(name, id)),

    async renew({ rotate, ...request }, session) {
      const { draft } = request;
      const cookies = cookiesOf(session.vendor);
      addSecrets(draft, Object.values(cookies));
      const { response, evidence, issued } = await callRefresh(module, request, cookies);
      const kept = { ...cookies, ...keptCookies(response.cookies) };
      const vendor = { version: 1, kind: 'backstage', cookies: kept } as const;
      if ('failure' in response) {
        // Whatever failed after it, a refresh token that was rotated is the only good one now.
        if (response.cookies.size > 0) await rotate(session.tokens, vendor);
        throw noted(refusalOfHandler(response.failure, evidence), evidence, draft);
      }
      const said = readJson(response);
      return { ...provenBy(module, request, said, issued), tokens: tokensOf(said, clock.now()), vendor };
    },

    async end({ http }, { vendor, environment }) {
      const { logout = async () => Promise.resolve() } = module.handlers();
      const response = await runModule({
        handler: logout,
        request: http,
        query: { env: environment },
        cookies: cookiesOf(vendor),
      });
      if ('failure' in response) throw response.failure;
      const logoutUrl = readLogoutUrl(response.body);
      return logoutUrl === undefined ? {} : { logoutUrl };
    },
  };
}

/** Who calls is read from each request, and from the cookies that a proxy in front of the portal has set. */
async function identifyByModule(module: HostedModule, request: ProviderRequest): Promise<Grant> {
  const cookies = foreignCookies(request.http).map(([name, value]) => [name, decoded(value)]);
  const { response, evidence, issued } = await callRefresh(
    module,
    request,
    Object.fromEntries(cookies) as Cookies,
  );
  if ('failure' in response) {
    const { failure } = response;
    // Their AuthenticationError says that the request proves nobody, unless it was thrown for an error of ours.
    const isNobody =
      failure instanceof Error && failure.name === 'AuthenticationError' && !evidence.unresolved;
    throw isNobody
      ? new RefusalError('ERR_PROVIDER_ANSWER_INVALID', { cause: failure })
      : noted(refusalOfHandler(failure, evidence, { isWord: true }), evidence, request.draft);
  }
  return provenBy(module, request, readJson(response), issued);
}

/** What a call of a handler came to, with what its resolver asked for and issued meanwhile. */
interface Called {
  response: ModuleResponse;
  evidence: RequestEvidence;
  issued: ReadonlyMap<string, IssuedIdentity>;
}

async function call(
  module: HostedModule,
  { http, contexts, draft, budget }: ProviderRequest,
  given: Omit<Parameters<typeof runModule>[0], 'request'>,
): Promise<Called> {
  const { context, issued } = contexts.create({ draft, budget });
  const evidence = createRequestEvidence();
  const response = await module.inRequest({ context, evidence }, async () =>
    runModule({ ...given, request: http }),
  );
  return { response, evidence, issued };
}

async function callRefresh(
  module: HostedModule,
  request: ProviderRequest,
  cookies: Cookies,
): Promise<Called> {
  const { refresh } = module.handlers();
  if (!refresh)
    throw new RefusalError('ERR_AUTH_SESSION_ENDED', { hint: 'The provider module offers no refresh.' });
  return call(module, request, { handler: refresh, query: Object.fromEntries(request.query), cookies });
}

/**
 * What the module says of the login. Where its own resolver decides, the identity is what that issued through our context,
 * and nothing else.
 *
 * @throws `ERR_RESOLVER_RESULT_INVALID` for a token that the module made itself.
 */
function provenBy(
  { settings }: HostedModule,
  { environment }: ProviderRequest,
  { profile, providerInfo, backstageIdentity }: AuthResponse,
  issued: ReadonlyMap<string, IssuedIdentity>,
): Grant {
  const proven = { profile, result: { providerInfo }, providerInfo };
  if (settings.get(environment)?.policy.resolvers || !backstageIdentity) return proven;
  const identity = issued.get(backstageIdentity.token);
  if (identity) return { ...proven, identity };
  throw new RefusalError('ERR_RESOLVER_RESULT_INVALID', {
    hint: "The provider module's resolver made its own token.",
  });
}

/** @throws RefusalError for what stands on the page instead of a response. */
function readPage(
  { body }: ModuleResponse,
  options: { evidence: RequestEvidence; draft: RecordDraft; providerError: string | undefined },
): AuthResponse {
  const { evidence, draft, providerError } = options;
  const message = readModulePage(body);
  if (message?.response) return message.response;
  const noAnswer = new ProviderAnswerInvalidError('the provider module gave no answer');
  if (!message && !evidence.unresolved) throw noAnswer;
  throw noted(refusalOfPage(message?.error ?? noAnswer, { evidence, providerError }), evidence, draft);
}

function readJson({ body }: ModuleResponse): AuthResponse {
  const response = readModuleJson(body);
  if (response) return response;
  throw new RefusalError('ERR_PROVIDER_UNAVAILABLE', { hint: 'The module gave no answer.' });
}

/** The step of the module's resolver, where it came so far as to ask something. */
function noted(refusal: RefusalError, { wasAsked }: RequestEvidence, draft: RecordDraft): RefusalError {
  const { code } = refusal;
  const isNo = code === 'ERR_RESOLVER_DENIED' || code === 'ERR_RESOLVER_NO_MATCH';
  if (wasAsked) draft.resolvers.push({ resolver: modulesResolver, verdict: isNo ? 'deny' : 'error', code });
  return refusal;
}

function tokensOf({ providerInfo = {} }: AuthResponse, now: number): VendorTokens {
  const { accessToken, idToken, scope, expiresInSeconds } = providerInfo;
  return {
    ...(accessToken && { accessToken }),
    tokenType: 'bearer',
    ...(idToken !== undefined && { idToken }),
    scopes: splitScopes(scope),
    ...(expiresInSeconds !== undefined && { expiresAt: now + expiresInSeconds * 1000 }),
    checkedAt: now,
  };
}

/** Of a session that one of ours began under the same id, there are none. */
function cookiesOf(vendor: VendorSession | undefined): Cookies {
  return vendor?.kind === 'backstage' ? vendor.cookies : {};
}

/** Everything but removals. */
function keptCookies(cookies: ReadonlyMap<string, string>): Cookies {
  return Object.fromEntries([...cookies].filter(([, value]) => value !== ''));
}

function parseLocation(location: string | undefined): URL {
  const url = location === undefined ? undefined : parseUrl(location);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new ProviderAnswerInvalidError('the provider module gave no address to go to');
}

/** Everything but the state stays as the module wrote it: vendors read some encodings in one way only. */
function withState(location: URL, state: string): string {
  const others = location.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && [...new URLSearchParams(pair).keys()][0] !== 'state');
  return `${location.origin}${location.pathname}?${[...others, `state=${state}`].join('&')}${location.hash}`;
}
