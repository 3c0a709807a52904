/** Reads the command line. Whatever is not understood is refused with one sentence. */
import { parseArgs } from 'node:util';
import { nearestName, parseUrl } from '@vestibule/backend-plugin-api';
import type { CheckForm } from './check/checkReport.ts';
import type { WrittenSessionFilter } from '@vestibule/plugin-auth-backend/inspect';
import { keysForms, type KeysForm } from './keys/keysForms.ts';
import { graphForms, type GraphForm } from './graph/graphForms.ts';

/** The commands; of two names as near to a misspelt one, the first is proposed. */
const commands = [
  'start',
  'explain',
  'sessions',
  'graph',
  'migrate',
  'check',
  'config',
  'keys',
  'health',
] as const;

/** A command that has a help text of its own. */
export type Topic = (typeof commands)[number];

/** What to do. */
export type Command =
  | { readonly name: 'start'; readonly configFiles: readonly string[] }
  | {
      readonly name: 'explain';
      readonly configFiles: readonly string[];
      /** Without one the latest decisions are listed. */
      readonly reference?: string;
      readonly json: boolean;
    }
  | {
      readonly name: 'sessions';
      readonly act: 'list' | 'show' | 'revoke';
      readonly configFiles: readonly string[];
      /** As they were written. */
      readonly filter: WrittenSessionFilter;
      readonly form: 'text' | 'json';
    }
  | {
      readonly name: 'graph';
      readonly configFiles: readonly string[];
      readonly form: GraphForm;
      /** Default: the standard output. */
      readonly output?: string;
    }
  | {
      readonly name: 'migrate';
      readonly files: readonly string[];
      readonly json: boolean;
      readonly isProduction: boolean;
    }
  | {
      readonly name: 'health';
      readonly configFiles: readonly string[];
      /** Default: the address that the config says. */
      readonly url?: string;
      readonly timeoutMilliseconds: number;
    }
  | {
      readonly name: 'check';
      readonly files: readonly string[];
      readonly form: CheckForm;
      readonly isProduction: boolean;
      readonly isForAnyEnvironment: boolean;
      /** Default: the standard output. */
      readonly output?: string;
    }
  | { readonly name: 'config'; readonly act: 'schema'; readonly output?: string }
  | {
      readonly name: 'config';
      readonly act: 'print';
      readonly configFiles: readonly string[];
      readonly json: boolean;
      /** Without one all of it is printed. */
      readonly path?: string;
    }
  | {
      readonly name: 'keys';
      readonly configFiles: readonly string[];
      readonly form: KeysForm;
      readonly act: 'list' | 'rotate';
      /** Of `rotate`: whether to wait until the new key signs. */
      readonly wait: boolean;
    }
  | { readonly name: 'help'; readonly topic?: Topic }
  | { readonly name: 'version' }
  | { readonly name: 'refuse'; readonly reason: string; readonly topic?: Topic };

const readers: Readonly<Record<Topic, (argv: readonly string[]) => Command>> = {
  start: readStart,
  explain: readExplain,
  sessions: readSessions,
  graph: readGraph,
  migrate: readMigrate,
  health: readHealth,
  check: readCheck,
  config: readConfig,
  keys: readKeys,
};
const sessionActs = ['list', 'show', 'revoke'] as const;
const globalOptions = ['help', 'version'];
/** The first is what people read. */
const checkForms = ['text', 'json', 'sarif'] as const satisfies readonly CheckForm[];

export function readCommandLine(argv: readonly string[]): Command {
  const [first, ...rest] = argv;
  if (first === undefined) return { name: 'refuse', reason: 'no command is given' };
  const named = commands.find((command) => command === first);
  if (named) return readers[named](rest);
  if (first === 'help') return readHelp(rest);
  if (first === '--help' || first === '-h') return { name: 'help' };
  if (first === '--version' || first === '-V') return { name: 'version' };
  if (first.startsWith('-')) return { name: 'refuse', reason: unknown('option', first, globalOptions, '--') };
  return { name: 'refuse', reason: unknown('command', first, [...commands, 'help']) };
}

function readHelp([about, extra]: readonly string[]): Command {
  if (about === undefined || about === '--help' || about === '-h') return { name: 'help' };
  const topic = commands.find((command) => command === about);
  if (!topic) return { name: 'refuse', reason: unknown('command', about, commands) };
  if (extra === undefined) return { name: 'help', topic };
  return { name: 'refuse', reason: `'${extra}' is not expected after help ${topic}` };
}

function readStart(argv: readonly string[]): Command {
  const read = readArguments('start', argv, []);
  if ('name' in read) return read;
  const [extra] = read.positionals;
  if (extra !== undefined) {
    return { name: 'refuse', reason: `'${extra}' is not expected after start`, topic: 'start' };
  }
  return { name: 'start', configFiles: read.configFiles };
}

function readExplain(argv: readonly string[]): Command {
  const read = readArguments('explain', argv, ['json']);
  if ('name' in read) return read;
  const [given, extra] = read.positionals;
  if (extra !== undefined) {
    return { name: 'refuse', reason: `'${extra}' is not expected after the reference`, topic: 'explain' };
  }
  return {
    name: 'explain',
    configFiles: read.configFiles,
    ...(given !== undefined && { reference: given.trim().toLowerCase() }),
    json: read.flags.has('json'),
  };
}

/** The id of a session is the beginning of a hash in base64url, and so may begin as an option does. */
function isDashedId(argument: string): boolean {
  return /^-[\w-]{11}$/.test(argument) && !/^--?[a-z][a-z-]*$/.test(argument);
}

function readSessions([act, ...argv]: readonly string[]): Command {
  const refuse = (reason: string): Command => ({ name: 'refuse', reason, topic: 'sessions' });
  if (act === '--help' || act === '-h') return { name: 'help', topic: 'sessions' };
  const known = sessionActs.find((one) => one === act);
  if (!known) {
    return refuse(
      act === undefined ? "sessions needs 'list', 'show' or 'revoke'" : unknown('word', act, sessionActs),
    );
  }
  const filters = known === 'show' ? [] : ['user', 'provider', 'older-than'];
  const dashed = argv.find(isDashedId);
  const others = argv.filter((one) => one !== dashed);
  const read = readArguments('sessions', others, known === 'revoke' ? ['all'] : [], [...filters, 'format']);
  if ('name' in read) return read;
  const [id, extra] = dashed === undefined ? read.positionals : [dashed, ...read.positionals];
  if (extra !== undefined) return refuse(`'${extra}' is not expected after sessions ${known} ${id ?? ''}`);
  if (known === 'list' && id !== undefined) return refuse(`'${id}' is not expected after sessions list`);
  if (known === 'show' && id === undefined) return refuse('sessions show needs an ID');
  const value = (name: string): string | undefined => read.values.get(name)?.at(-1);
  const form = (['text', 'json'] as const).find((one) => one === (value('format') ?? 'text'));
  if (!form) return refuse(unknown('format', value('format') ?? '', ['text', 'json']));
  const filter = { id, user: value('user'), provider: value('provider'), olderThan: value('older-than') };
  if (known === 'revoke') {
    const isFiltered = Object.values(filter).some((one) => one !== undefined);
    if (read.flags.has('all') && isFiltered) return refuse('--all and a filter exclude each other');
    if (!read.flags.has('all') && !isFiltered) {
      return refuse('which sessions? Give an ID, --user, --provider or --older-than; or --all for every one');
    }
  }
  return { name: 'sessions', act: known, configFiles: read.configFiles, filter, form };
}

function readGraph(argv: readonly string[]): Command {
  const read = readArguments('graph', argv, graphForms.slice(1), ['output']);
  if ('name' in read) return read;
  const [extra] = read.positionals;
  if (extra !== undefined) {
    return { name: 'refuse', reason: `'${extra}' is not expected after graph`, topic: 'graph' };
  }
  const [form = 'text', other] = graphForms.filter((one) => read.flags.has(one));
  if (other) return { name: 'refuse', reason: `--${form} and --${other} exclude each other`, topic: 'graph' };
  const [output] = read.values.get('output') ?? [];
  return { name: 'graph', configFiles: read.configFiles, form, ...(output !== undefined && { output }) };
}

/** Files stand after the command, or after `--config`, as people are used to from start. */
function readMigrate(argv: readonly string[]): Command {
  const read = readArguments('migrate', argv, ['json', 'production']);
  if ('name' in read) return read;
  const files = [...read.configFiles, ...read.positionals];
  if (files.length === 0) return { name: 'refuse', reason: 'migrate needs a FILE', topic: 'migrate' };
  const { flags } = read;
  return { name: 'migrate', files, json: flags.has('json'), isProduction: flags.has('production') };
}

function readHealth(argv: readonly string[]): Command {
  const refuse = (reason: string): Command => ({ name: 'refuse', reason, topic: 'health' });
  const read = readArguments('health', argv, [], ['url', 'timeout']);
  if ('name' in read) return read;
  const [extra] = read.positionals;
  if (extra !== undefined) return refuse(`'${extra}' is not expected after health`);
  const url = read.values.get('url')?.at(-1);
  if (url !== undefined && read.configFiles.length > 0)
    return refuse('--url and --config exclude each other');
  if (url !== undefined && !/^https?:$/.test(parseUrl(url)?.protocol ?? '')) {
    return refuse(`'${url}' is no http or https URL`);
  }
  const seconds = read.values.get('timeout')?.at(-1) ?? '3';
  if (!/^\d{1,4}(?:\.\d{1,3})?$/.test(seconds) || Number(seconds) === 0) {
    return refuse(`'${seconds}' is no number of seconds`);
  }
  const timeoutMilliseconds = Number(seconds) * 1000;
  return {
    name: 'health',
    configFiles: read.configFiles,
    ...(url !== undefined && { url }),
    timeoutMilliseconds,
  };
}

/** Files stand after the command, or after `--config`. */
function readCheck(argv: readonly string[]): Command {
  const read = readArguments('check', argv, ['production', 'any-environment'], ['format', 'output']);
  if ('name' in read) return read;
  const { flags, values } = read;
  const [given = checkForms[0]] = values.get('format') ?? [];
  const form = checkForms.find((one) => one === given);
  if (!form) return { name: 'refuse', reason: unknown('format', given, checkForms), topic: 'check' };
  const [output] = values.get('output') ?? [];
  return {
    name: 'check',
    files: [...read.configFiles, ...read.positionals],
    form,
    isProduction: flags.has('production'),
    isForAnyEnvironment: flags.has('any-environment'),
    ...(output !== undefined && { output }),
  };
}

function readConfig([act, ...argv]: readonly string[]): Command {
  const refuse = (reason: string): Command => ({ name: 'refuse', reason, topic: 'config' });
  if (act === '--help' || act === '-h') return { name: 'help', topic: 'config' };
  if (act !== 'schema' && act !== 'print') {
    return refuse(
      act === undefined ? "config needs 'schema' or 'print'" : unknown('word', act, ['schema', 'print']),
    );
  }
  const isSchema = act === 'schema';
  const read = readArguments('config', argv, isSchema ? [] : ['json'], [isSchema ? 'output' : 'path']);
  if ('name' in read) return read;
  const [extra] = read.positionals;
  if (extra !== undefined) return refuse(`'${extra}' is not expected after config ${act}`);
  if (isSchema) {
    // It tells of what is installed, whatever is configured.
    if (read.configFiles.length > 0) return refuse('config schema takes no --config');
    const [output] = read.values.get('output') ?? [];
    return { name: 'config', act, ...(output !== undefined && { output }) };
  }
  const [path] = read.values.get('path') ?? [];
  return {
    name: 'config',
    act,
    configFiles: read.configFiles,
    json: read.flags.has('json'),
    ...(path !== undefined && { path }),
  };
}

function readKeys([act, ...argv]: readonly string[]): Command {
  const refuse = (reason: string): Command => ({ name: 'refuse', reason, topic: 'keys' });
  if (act === '--help' || act === '-h') return { name: 'help', topic: 'keys' };
  if (act !== 'list' && act !== 'rotate') {
    return refuse(
      act === undefined ? "keys needs 'list' or 'rotate'" : unknown('word', act, ['list', 'rotate']),
    );
  }
  const read = readArguments('keys', argv, act === 'rotate' ? ['wait'] : [], ['format']);
  if ('name' in read) return read;
  const [extra] = read.positionals;
  if (extra !== undefined) return refuse(`'${extra}' is not expected after keys ${act}`);
  const [given = keysForms[0]] = read.values.get('format') ?? [];
  const form = keysForms.find((one) => one === given);
  if (!form) return refuse(unknown('format', given, keysForms));
  return { name: 'keys', act, configFiles: read.configFiles, form, wait: read.flags.has('wait') };
}

/** What an option takes that names no file. */
const wanted: Readonly<Record<string, string>> = {
  format: 'a FORM',
  path: 'a KEY',
  url: 'a URL',
  timeout: 'SECONDS',
  user: 'a REF',
  provider: 'an ID',
  'older-than': 'an AGE',
};

/** The options that every command has, its own flags, and its own options that take a value. */
function readArguments(
  topic: Topic,
  argv: readonly string[],
  ownFlags: readonly string[],
  ownValues: readonly string[] = [],
):
  | Command
  | {
      configFiles: string[];
      flags: Set<string>;
      values: Map<string, string[]>;
      positionals: string[];
    } {
  const refuse = (reason: string): Command => ({ name: 'refuse', reason, topic });
  const flagNames = [...ownFlags, 'help'];
  const valueNames = ['config', ...ownValues];
  const { values: given, tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(
        valueNames.map((name) => [name, { type: 'string' as const, multiple: true as const }]),
      ),
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(ownFlags.map((name) => [name, { type: 'boolean' as const }])),
    },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  if (given.help) return { name: 'help', topic };
  const values = new Map<string, string[]>();
  const flags = new Set<string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    if (valueNames.includes(token.name)) {
      // A value that looks like an option is a forgotten value, unless it is attached: --config=-odd.yaml
      if (!token.value || (!token.inlineValue && token.value.startsWith('-')))
        return refuse(`--${token.name} needs ${wanted[token.name] ?? 'a FILE'}`);
      values.set(token.name, [...(values.get(token.name) ?? []), token.value]);
    } else if (!flagNames.includes(token.name)) {
      return refuse(unknown('option', token.rawName, [...valueNames, ...flagNames], '--'));
    } else if (token.value !== undefined) return refuse(`${token.rawName} takes no value`);
    else flags.add(token.name);
  }
  return { configFiles: values.get('config') ?? [], flags, values, positionals };
}

function unknown(kind: string, given: string, known: readonly string[], prefix = ''): string {
  const near = nearestName(given, known);
  return `unknown ${kind} '${given}'${near ? `; did you mean '${prefix}${near}'?` : ''}`;
}
