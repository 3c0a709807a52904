/** What templates may ask: the answers as names that hold or do not. */
import { databases, providers, purposes, type Answers } from './answers.ts';

const others = [
  /** It signs people in. */
  'sign-in',
  /** It runs on Vestibule's own core, not on Backstage's. */
  'standalone',
  /** OpenID Connect with the identity provider for development, or with one's own. */
  'dev-idp',
  'issuer',
  'only-guest',
  /** The packages come from tarballs. */
  'packed',
] as const;
const names = [...purposes, ...providers, ...databases, ...others] as const;
type Fact = (typeof names)[number];

export type Facts = Readonly<Record<Fact, boolean>>;

export function factsOf(answers: Answers, isPacked: boolean): Facts {
  const { purpose, database, issuer } = answers;
  const has = (name: Fact) =>
    name === purpose || name === database || answers.providers.some((provider) => provider === name);
  const own: Record<(typeof others)[number], boolean> = {
    'sign-in': purpose !== 'framework',
    standalone: purpose !== 'inside',
    'dev-idp': has('oidc') && issuer === undefined,
    issuer: has('oidc') && issuer !== undefined,
    'only-guest': has('guest') && answers.providers.length === 1,
    packed: isPacked,
  };
  return { ...(Object.fromEntries(names.map((name) => [name, has(name)])) as Facts), ...own };
}
