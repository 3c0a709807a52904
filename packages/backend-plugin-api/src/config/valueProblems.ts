/** Validates one part of the config by one schema. */
import { isLocatedConfig, type Config, type ConfigLocation } from './config.ts';
import type { OwnedConfigSchema } from './configSchema.ts';
import { formatConfigPath, parseConfigKey, valueAt, readAt, type ConfigPath } from './configPath.ts';
import type { ConfigProblem } from './configProblem.ts';
import { convertTexts } from './convertTexts.ts';
import { flattenIssue, phrase, sentence, type FlatIssue } from './issuePhrases.ts';
import { createSecretHider } from '../secrets/hideSecrets.ts';
import type { SchemaNode } from './schemaNodes.ts';
import { visitSecrets } from './secretValues.ts';

/** What a schema made of the config: its output, or what is wrong. */
export type ConfigVerdict =
  | { readonly value: unknown; readonly problems?: undefined }
  | { readonly problems: readonly ConfigProblem[] };

/** The values that no message may quote. */
export interface SecretIndex {
  readonly paths: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
}

/** Collects the secrets of a part of the config. */
export function indexSecrets(value: unknown, nodes: readonly SchemaNode[], start: ConfigPath): SecretIndex {
  const paths = new Set<string>();
  const values = new Set<string>();
  visitSecrets(value, nodes, start, (path, secret) => {
    paths.add(formatConfigPath(path));
    values.add(secret);
  });
  return { paths, values };
}

/** Validates the value at `path`. With `secrets` undefined it is not known what is secret, and nothing is quoted. */
export function validateConfig(
  { schema, owner }: OwnedConfigSchema,
  config: Config,
  path: string | undefined,
  secrets: SecretIndex | undefined,
): ConfigVerdict {
  const start = parseConfigKey(path);
  const value: unknown = readAt(config, path);
  const result = schema['~standard'].validate(convertTexts(value, schema));
  if (result instanceof Promise) {
    result.catch(() => undefined); // its answer is of no interest any more
    const message = `the config schema of ${owner} validates asynchronously; config schemas are synchronous`;
    return { problems: [{ code: 'ERR_CONFIG_SCHEMA_ASYNC', path: formatConfigPath(start), message, owner }] };
  }
  if (!result.issues) return { value: result.value };
  const issues = result.issues.flatMap((issue) => flattenIssue(issue, start));
  return { problems: issues.map((issue) => withLocation(problemOf(issue), locate(config, issue.path))) };

  function problemOf(issue: FlatIssue): ConfigProblem {
    const given = valueAt(value, issue.path.slice(start.length));
    const name = formatConfigPath(issue.path);
    const subject = name === '' ? 'the config' : name;
    const ours = phrase(issue.message);
    // A sentence of ours quotes nothing, and may have a word that is somebody's secret.
    const text = ours === issue.message ? withoutSecrets(ours, secrets) : ours;
    if (given === undefined) {
      const message = /^(must|is) /.test(text)
        ? `${subject} is missing; it ${text}`
        : `${subject} is missing: ${text}`;
      return {
        code: 'ERR_CONFIG_VALUE_MISSING',
        path: name,
        message,
        owner,
      };
    }
    const source = isLocatedConfig(config) ? config.sourceOf?.(issue.path) : undefined;
    const quoted = quote(given, issue.path, secrets);
    const message =
      source === undefined
        ? sentence(subject, text) + (quoted && `: ${quoted}`)
        : sentence(subject, text.replace(/, not a string$/, '')) +
          (quoted ? `: ${source} holds ${ofVariable(given, quoted)}` : `; the value is that of ${source}`);
    // YAML takes an account's number for a number, and `on` for a truth value.
    const suggestion = /^must be a string, not (a number|true or false)$/.test(text) && 'Put it in quotes.';
    return {
      code: 'ERR_CONFIG_VALUE_INVALID',
      path: name,
      message,
      owner,
      ...(suggestion && { suggestion }),
    };
  }
}

/** The place of a value or key, where the config knows places. */
export function locate(config: Config, path: ConfigPath, part?: 'key' | 'value'): ConfigLocation | undefined {
  return isLocatedConfig(config) ? config.locate(path, part) : undefined;
}

export function withLocation(problem: ConfigProblem, location: ConfigLocation | undefined): ConfigProblem {
  return location ? { ...problem, location } : problem;
}

const secretName = /secret|password|passphrase|token|credential|key$/i;

/** `'value'` where the value is plain and may be shown. */
function quote(value: unknown, path: ConfigPath, secrets: SecretIndex | undefined): string {
  if (!secrets || secrets.paths.has(formatConfigPath(path)) || secretName.test(String(path.at(-1))))
    return '';
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return '';
  const text = String(value);
  if (text.length > 200 || text !== withoutSecrets(text, secrets)) return '';
  return typeof value === 'string' ? `'${text.replace(/[\p{Cc}\p{Cf}]/gu, '?')}'` : text;
}

/**
 * Whoever confuses two variables, or two files, has a secret where nobody expects one: only what looks like a word or a number is shown.
 */
function ofVariable(given: unknown, quoted: string): string {
  const text = String(given);
  if (text === '' || (text.length <= 16 && plainValue.test(text))) return quoted;
  return `a text of ${text.length} characters, which is not shown`;
}

/** One word in one letter case, perhaps with a capital in front, or a number. */
const plainValue = /^(?:\p{Lu}?\p{Ll}+|\p{Lu}+|[+-]?\d+(?:\.\d+)?)$/u;

/** A schema's own message may quote what it was given. */
function withoutSecrets(text: string, secrets: SecretIndex | undefined): string {
  return createSecretHider({ secrets: secrets?.values ?? [], placeholder: '(secret)' })(text);
}
