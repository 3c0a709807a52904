/** Reads the command line. Whatever is not understood is refused with one sentence. */
import { parseArgs } from 'node:util';
import { nearestName } from '@vestibule/backend-plugin-api';

/** What to do. */
export type Command =
  | { readonly name: 'start'; readonly configFiles: readonly string[] }
  | { readonly name: 'help'; readonly topic?: 'start' }
  | { readonly name: 'version' }
  | { readonly name: 'refuse'; readonly reason: string; readonly topic?: 'start' };

const commands = ['start'];
const startOptions = ['config', 'help'];
const globalOptions = ['help', 'version'];

export function readCommandLine(argv: readonly string[]): Command {
  const [first, ...rest] = argv;
  if (first === undefined) return { name: 'refuse', reason: 'no command is given' };
  if (first === 'start') return readStart(rest);
  if (first === 'help') return rest[0] === 'start' ? { name: 'help', topic: 'start' } : { name: 'help' };
  if (first === '--help' || first === '-h') return { name: 'help' };
  if (first === '--version' || first === '-V') return { name: 'version' };
  if (first.startsWith('-')) return { name: 'refuse', reason: unknown('option', first, globalOptions, '--') };
  return { name: 'refuse', reason: unknown('command', first, commands) };
}

function readStart(argv: readonly string[]): Command {
  const refuse = (reason: string): Command => ({ name: 'refuse', reason, topic: 'start' });
  const { values, tokens } = parseArgs({
    args: [...argv],
    options: { config: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  if (values.help) return { name: 'help', topic: 'start' };
  const configFiles: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') return refuse(`'${token.value}' is not expected after start`);
    if (token.kind !== 'option') continue;
    if (!startOptions.includes(token.name))
      return refuse(unknown('option', token.rawName, startOptions, '--'));
    if (token.name !== 'config') return refuse(`${token.rawName} takes no value`);
    // A value that looks like an option is a forgotten value, unless it is attached: --config=-odd.yaml
    if (!token.value || (!token.inlineValue && token.value.startsWith('-')))
      return refuse('--config needs a FILE');
    configFiles.push(token.value);
  }
  return { name: 'start', configFiles };
}

function unknown(kind: string, given: string, known: readonly string[], prefix = ''): string {
  const near = nearestName(given, known);
  return `unknown ${kind} '${given}'${near ? `; did you mean '${prefix}${near}'?` : ''}`;
}
