/** Settings that promise more than they hold where the config comes from, and a few that promise too little everywhere. */
import { asObject, durationToMilliseconds, nearestName } from '@vestibule/backend-plugin-api';
import {
  backstageProviders,
  isKnownProviderType,
  commonKeys,
  commonProxyKeys,
} from '@vestibule/plugin-auth-node';
import { at, blocksOf, valueAt, type ProviderBlock, type ResolverEntry } from './blocks.ts';
import { findOAuthServerWeaknesses } from './oauthServer.ts';
import type { Installation } from './readInstallation.ts';
import type { Finding } from './report.ts';

const minute = 60_000;

export function findLessThanItSeems(installation: Installation): Finding[] {
  const blocks = blocksOf(installation);
  return [
    ...ofTheWhole(installation, blocks),
    ...findOAuthServerWeaknesses(installation),
    ...blocks.flatMap((block) => ofBlock(installation, block)),
  ];
}

/** Keys in the blocks of Backstage's modules that these never read. Ours refuse what they do not know. */
export function findIgnoredKeys(installation: Installation): Finding[] {
  const { config } = installation;
  return blocksOf(installation).flatMap((block) => {
    const provider = backstageProviders[block.type];
    if (!provider) return [];
    const known = [
      ...(provider.required ?? []),
      ...(provider.optional ?? []),
      ...(block.isProxyType ? commonProxyKeys : [...commonKeys.required, ...commonKeys.optional]),
    ];
    return Object.keys(block.settings)
      .filter((key) => !known.includes(key))
      .map((key): Finding => {
        const place = at(config, [...block.path, key]);
        const unread = provider.unread?.[key];
        if (unread !== undefined) {
          return { ...place, message: `${place.key} has no effect: ${unread}`, nextStep: 'Remove it.' };
        }
        const near = nearestName(key, known);
        return {
          ...place,
          message: `${place.key} is no key of Backstage's module, which ignores it`,
          nextStep: near === undefined ? `There are: ${known.join(', ')}.` : `Did you mean '${near}'?`,
        };
      });
  });
}

function ofTheWhole({ config }: Installation, blocks: readonly ProviderBlock[]): Finding[] {
  const findings: Finding[] = [];
  const add = (path: readonly (string | number)[], says: string, nextStep: string) => {
    const place = at(config, path);
    findings.push({ ...place, message: `${place.key} ${says}`, nextStep });
  };
  const auth = asObject(config.getOptional('auth'));
  if (valueAt(config, ['auth', 'session', 'secret']) === undefined) {
    const needs = blocks.filter(
      ({ type, fromBackstage }) =>
        fromBackstage.needsSessionSecret === true || backstageProviders[type]?.needsSessionSecret === true,
    );
    const there =
      needs.length > 0
        ? `: there, sign-in with ${[...new Set(needs.map(({ providerId }) => providerId))].join(' and ')} answers 500`
        : '';
    add(
      ['auth', 'session', 'secret'],
      `is not set${there}; here a secret is generated and kept in the database`,
      'Set it, so that whoever reads the database cannot open what is sealed.',
    );
  }
  const lifetime = durationOf(auth['backstageTokenExpiration']);
  if (lifetime !== undefined && (lifetime < 10 * minute || lifetime > 1440 * minute)) {
    add(
      ['auth', 'backstageTokenExpiration'],
      'is outside of 10 minutes to 24 hours, there and here: the nearest of them counts',
      'Set a time between them.',
    );
  }
  const keyStore = asObject(auth['keyStore']);
  if (keyStore['static'] !== undefined && keyStore['provider'] !== 'static') {
    add(
      ['auth', 'keyStore', 'static'],
      "has no effect without 'auth.keyStore.provider: static'",
      'Set that, or remove the keys.',
    );
  }
  if (keyStore['provider'] === 'static' && auth['identityTokenAlgorithm'] !== undefined) {
    add(
      ['auth', 'identityTokenAlgorithm'],
      'has no effect with static keys: each says its own algorithm',
      "Set 'algorithm' beside the keyId.",
    );
  }
  if (keyStore['provider'] === 'memory') {
    add(
      ['auth', 'keyStore', 'provider'],
      "is 'memory': every token dies with the process, and another replica refuses it",
      "Set 'database'.",
    );
  }
  const origins = auth['experimentalExtraAllowedOrigins'];
  for (const [index, origin] of Array.isArray(origins) ? origins.entries() : []) {
    if (origin !== '*' && origin !== '**' && origin !== '*://*') continue;
    add(
      ['auth', 'experimentalExtraAllowedOrigins', index],
      'lets every origin ask for tokens',
      'Name the origins of your applications.',
    );
  }
  return findings;
}

function ofBlock({ config }: Installation, block: ProviderBlock): Finding[] {
  const findings: Finding[] = [];
  const add = (path: readonly (string | number)[], says: string, nextStep: string) => {
    const place = at(config, path);
    findings.push({ ...place, message: `${place.key} ${says}`, nextStep });
  };
  const weakness = backstageProviders[block.type]?.weakness;
  if (weakness !== undefined) {
    add(
      block.path,
      `signs in whoever reaches the backend past the proxy: ${weakness}`,
      'See to it that only the proxy can reach the backend.',
    );
  }
  for (const { key, says, nextStep } of block.fromBackstage.caveats?.(block.settings) ?? []) {
    add(key === undefined ? block.path : [...block.path, key], says, nextStep);
  }
  // What a module of your own does without a list, it alone knows.
  if (
    !block.hasDefaultResolver &&
    isKnownProviderType(block.type) &&
    (!block.resolvers || block.resolvers.length === 0)
  ) {
    add(
      block.path,
      'names no sign-in resolver: it gives access tokens, and nobody signs in with it',
      "Leave it so if that is meant; else list 'signIn.resolvers', or add the module with your resolver.",
    );
  }
  block.resolvers?.forEach((resolver, index) =>
    ofResolver(resolver, index < (block.resolvers?.length ?? 0) - 1, add),
  );
  return findings;
}

function ofResolver(
  { name, options, path }: ResolverEntry,
  hasSuccessor: boolean,
  add: (path: readonly (string | number)[], says: string, nextStep: string) => void,
): void {
  const { allowedDomains: domains } = options;
  if (name === 'emailMatchingUserEntityProfileEmail' && domains !== undefined) {
    add(
      [...path, 'allowedDomains'],
      'is not enforced there: every domain signs in. Here it is',
      'Check that it lists every domain that your people have.',
    );
  }
  if (name === 'emailLocalPartMatchingUserEntityName') {
    if (domains === undefined) {
      add(
        path,
        'takes the name from what stands before the @, whatever the domain',
        "Set 'allowedDomains', or whoever gets an address anywhere chooses who to be.",
      );
    } else if (
      Array.isArray(domains) &&
      domains.some((one) => typeof one === 'string' && one !== one.toLowerCase())
    ) {
      add(
        [...path, 'allowedDomains'],
        'is compared letter by letter there, so that an entry with capitals matches hardly anybody; here case is ignored',
        'Write domains in lower case.',
      );
    }
  }
  if (options['dangerouslyAllowSignInWithoutUserInCatalog'] === true) {
    add(
      [...path, 'dangerouslyAllowSignInWithoutUserInCatalog'],
      `signs in people whom the catalog does not know${hasSuccessor ? '; the resolvers after it never run' : ''}`,
      hasSuccessor
        ? 'Set it at the last resolver, or nowhere.'
        : "Remove it unless everybody whom the provider knows may come in; 'allow' can say who may.",
    );
  }
}

function durationOf(value: unknown): number | undefined {
  try {
    return value === undefined ? undefined : durationToMilliseconds(value);
  } catch {
    return undefined;
  }
}
