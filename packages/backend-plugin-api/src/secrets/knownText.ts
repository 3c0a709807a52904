/** What people write where a secret belongs. It is data: add what you meet. */

/** The words of placeholders and of examples, and the passwords that everybody tries first. */
export const placeholderWords: ReadonlySet<string> = new Set(
  `
  change changed changeme me this that replace replaced replaceme with your yours own my mine the an some any it is be must
  insert enter put set add fill paste provide here real actual value values placeholder example examples sample demo dummy
  fake mock test testing todo tbd tba fixme secret secrets password passwd passphrase pass pwd key keys token tokens
  credential credentials api access refresh auth auth0 authentication oauth oauth2 oidc openid sso session sessions cookie
  client clients app apps application backend frontend server service external static legacy plugin provider backstage
  vestibule keycloak google github gitlab okta azure microsoft entra cognito portal login signin sign id ids string text
  long random strong secure super very really not so insecure safe please before after deploy deploying deployment in into
  on from to do dont use used using generate generated prod production stage staging dev development local localhost only
  default admin administrator root user users username guest welcome hello world letmein hunter foo bar baz qux foobar abc
  xyz none null undefined nil empty unset unknown redacted hidden masked removed env var variable environment at least
  character characters char chars bit bits byte bytes or and new old temp temporary tmp iloveyou monkey dragon master shadow
  sunshine princess football baseball trustno one two three lorem ipsum dolor hmac jwt signing encryption encrypted base64
  hex encoded minimum min deadbeef cafebabe config configuration module modules providers resolver resolvers
  `
    .trim()
    .split(/\s+/),
);

const forwards = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  // Rows, of the keyboards of several countries.
  '1234567890qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  // Columns, with the digits above and without.
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  // Two rows at once.
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1a2b3c4d5e6f7g8h9i0j',
  'a1b2c3d4e5f6g7h8i9j0',
];

/** Runs, each also backwards. */
export const walks: readonly string[] = forwards.flatMap((walk) => [walk, [...walk].reverse().join('')]);

/** Secrets that stand in specifications and in the documentation of servers. */
export const documentedSecrets: ReadonlySet<string> = new Set([
  // RFC 6749 section 2.3.1, RFC 7591 section 3.2.1, OpenID Connect Registration 1.0 section 3.2.
  '7Fjfp0ZBr1KtDRbnfVdmIw',
  'gX1fBat3bV',
  'cf136dc3c1fc93f31185e5885805d',
  'ZJYCqe3GGRvdrudKyZS0XhGv_Z45DuKhCUk0gBR1vZk',
  // RFC 7515 appendix A.1, jwt.io.
  'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
  'a-string-secret-at-least-256-bits-long',
]);

/** What the text stands for where it is itself an encoding of text, as `Y2hhbmdlbWU=` is. */
export function encodings(text: string): string[] {
  const decoded = [
    ...(/^[\w+/-]+={0,2}$/.test(text) ? [Buffer.from(text, 'base64').toString('latin1')] : []),
    ...(/^(?:[\da-f]{2})+$/i.test(text) ? [Buffer.from(text, 'hex').toString('latin1')] : []),
  ];
  return decoded.filter((one) => /^[ -~]+$/.test(one));
}
