/** Reads the command line. Whatever is not understood is refused with one sentence. */
import { parseArgs } from 'node:util';
import {
  databases,
  defaultAnswers,
  defaultDirectories,
  providers,
  purposes,
  type Answers,
  type Provider,
} from './answers.ts';

/** What was given, of what a project is made of. */
export type Given = Partial<Answers> & {
  readonly directory?: string;
  /** A folder of tarballs. */
  readonly packages?: string;
};

/** Nothing is missing. */
export type Order = Answers & Given & { readonly directory: string };

/** What to do. */
export type Command =
  | { readonly name: 'create'; readonly given: Given; readonly takesDefaults: boolean }
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | { readonly name: 'refuse'; readonly reason: string };

class UsageError extends Error {}

export function readCommandLine(argv: readonly string[]): Command {
  try {
    return read(argv);
  } catch (error) {
    // node:util says what it does not understand, with a code of its own.
    const isParseError = String((error as { code?: unknown }).code).includes('PARSE_ARGS');
    if (!isParseError && !(error instanceof UsageError)) throw error;
    return { name: 'refuse', reason: (error as Error).message.replace(/\. .*$/s, '') };
  }
}

function read(argv: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      for: { type: 'string' },
      providers: { type: 'string' },
      issuer: { type: 'string' },
      database: { type: 'string' },
      packages: { type: 'string' },
      yes: { type: 'boolean', short: 'y' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'V' },
    },
  });
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  const [directory, extra] = positionals;
  if (extra !== undefined) throw new UsageError(`'${extra}' is not expected after the directory`);

  const purpose = values.for === undefined ? undefined : oneOf('for', purposes, values.for);
  const list = values.providers === undefined ? undefined : readProviders(values.providers);
  if (purpose === 'framework' && (list !== undefined || values.issuer !== undefined)) {
    throw new UsageError('--for framework has no sign-in, so --providers and --issuer do not fit');
  }
  if (values.issuer !== undefined && list?.includes('oidc') === false) {
    throw new UsageError('--issuer needs oidc among --providers');
  }
  return {
    name: 'create',
    takesDefaults: values.yes ?? false,
    given: {
      ...(directory !== undefined && { directory }),
      ...(purpose && { purpose }),
      ...(list && { providers: list }),
      ...(purpose === 'framework' && { providers: [] }),
      ...(values.issuer !== undefined && { issuer: readIssuer(values.issuer) }),
      ...(values.database !== undefined && { database: oneOf('database', databases, values.database) }),
      ...(values.packages !== undefined && { packages: values.packages }),
    },
  };
}

/** The options that would have to be given. */
export function missingIn({ directory, purpose, providers: list, database }: Given): string[] {
  return [
    ...(directory === undefined ? ['DIRECTORY'] : []),
    ...(purpose === undefined ? ['--for'] : []),
    ...(list === undefined ? ['--providers'] : []),
    ...(database === undefined ? ['--database'] : []),
  ];
}

/** What `--yes` makes of it. */
export function withDefaults(given: Given): Order {
  const { purpose = defaultAnswers.purpose } = given;
  return { directory: defaultDirectories[purpose], ...defaultAnswers, ...given, purpose };
}

function readProviders(text: string): Provider[] {
  const named = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
    .map((name) => oneOf('providers', providers, name));
  if (named.length === 0) throw new UsageError(`--providers takes some of ${providers.join(', ')}`);
  return providers.filter((provider) => named.includes(provider));
}

/** @throws Error with one sentence, where it is no address of an issuer (OpenID Connect Discovery 1.0 section 4). */
export function readIssuer(text: string): string {
  // Characters that a YAML file would take for its own are in no issuer.
  if (!/^https?:\/\/[\w.-]+(:\d+)?(\/[\w.~@%+-]*)*$/.test(text)) {
    throw new UsageError(`--issuer takes the address of an OpenID Provider, not '${text}'`);
  }
  return text.replace(/\/\.well-known\/openid-configuration$/, '').replace(/\/+$/, '');
}

function oneOf<const T extends string>(option: string, known: readonly T[], given: string): T {
  const found = known.find((name) => name === given);
  if (found === undefined) throw new UsageError(`--${option} takes ${known.join(', ')}, not '${given}'`);
  return found;
}
