/** Where the same config does something else here, on purpose, as far as this one is concerned. */
import { asObject } from '@vestibule/backend-plugin-api';
import { at, blocksOf, type ProviderBlock } from './blocks.ts';
import { findOAuthServerDifferences } from './oauthServer.ts';
import type { Installation } from './readInstallation.ts';
import type { Finding } from './report.ts';

const emailResolver = /^email(?:Matching|LocalPart)/;
const longestCookieDays = 400;

export function findDifferences(installation: Installation): Finding[] {
  const { config } = installation;
  const findings: Finding[] = [];
  const add = (path: readonly (string | number)[], says: string, nextStep: string) => {
    const place = at(config, path);
    findings.push({ ...place, message: `${place.key}: ${says}`, nextStep });
  };
  const blocks = blocksOf(installation);
  if (blocks.some(({ isProxyType }) => !isProxyType)) {
    add(
      ['auth', 'providers'],
      'the browser holds an opaque session token; tokens of the provider stay in the database, encrypted. There, the cookie is the refresh token',
      'Everybody signs in once more after the change. Nothing to do.',
    );
  }
  const keyStore = asObject(asObject(config.getOptional('auth'))['keyStore']);
  if (keyStore['provider'] !== 'static') {
    add(
      ['auth'],
      'keys for tokens are made anew, in tables that begin with vestibule_; the tables of Backstage are left as they are',
      'Tokens issued before verify no longer, and front ends fetch new ones. Nothing to do.',
    );
  }
  for (const block of blocks) ofBlock(block, add);
  return [...findings, ...findOAuthServerDifferences(installation)];
}

function ofBlock(
  { path, settings, resolvers = [], fromBackstage }: ProviderBlock,
  add: (path: readonly (string | number)[], says: string, nextStep: string) => void,
): void {
  const { absentKeys = {}, addressAdvice } = fromBackstage;
  for (const [key, { says, nextStep }] of Object.entries(absentKeys)) {
    if (settings[key] === undefined) add([...path, key], says, nextStep);
  }
  const byEmail = resolvers.filter(({ name }) => emailResolver.test(name));
  const [first] = byEmail;
  if (first && addressAdvice) {
    add(
      [...first.path, 'resolver'],
      'an address counts only when the provider vouches for it; without one, the next resolver is asked',
      addressAdvice(settings),
    );
  }
  const stripping = byEmail.find(
    ({ name, options }) =>
      name === 'emailMatchingUserEntityProfileEmail' && options['stripSubAddress'] === undefined,
  );
  if (stripping && addressAdvice) {
    add(
      [...stripping.path, 'resolver'],
      "jane+news@… is not jane@…. There, '+news' is dropped where nobody has the whole address",
      "Set 'stripSubAddress: true' for that, if your mail server treats both as one.",
    );
  }
  const days = sessionDays(settings['sessionDuration']);
  if (days !== undefined && days > longestCookieDays) {
    add(
      [...path, 'sessionDuration'],
      `is cut to ${longestCookieDays} days; browsers keep no cookie for longer`,
      'Nothing to do.',
    );
  }
}

function sessionDays(value: unknown): number | undefined {
  const days = typeof value === 'string' ? /^(\d+) ?d(?:ays?)?$/.exec(value)?.[1] : undefined;
  if (days !== undefined) return Number(days);
  const given = asObject(value);
  return Number(given['days'] ?? 0) + 365 * Number(given['years'] ?? 0);
}
