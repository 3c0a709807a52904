/** What is told of a key: its meaning, its default, whether it is a secret, and whether it has had its day. */
import { keyDescriptions } from './keyDescriptions.ts';
import type { JsonSchema } from './schemaParts.ts';

/**
 * As a schema says it, or else as the documentation does.
 *
 * @param path - As the documentation has it.
 */
export function annotationsOf(parts: readonly JsonSchema[], path: readonly string[]): JsonSchema {
  const gone = goneBy(parts);
  if (gone !== undefined) return { description: gone, deprecationMessage: gone, doNotSuggest: true };
  const told = describedIn(path);
  const own = parts.map(({ description }) => description).find((text) => typeof text === 'string');
  const isSecret = parts.some(isMarked);
  const fallback = parts.map((part) => part.default).find((value) => value !== undefined);
  const sentences = [isSecret ? 'Secret' : '', own ?? told?.meaning ?? '', defaultText(told?.default)];
  const text = sentences
    .filter(Boolean)
    .map((sentence) => sentence.replace(/(?<![.!?])$/, '.').replaceAll('`', "'"))
    .join(' ');
  const value = fallback ?? valueOf(told?.default, parts);
  return {
    ...(text !== '' && { description: text }),
    ...(value !== undefined && { default: value }),
    // Backstage's keyword.
    ...(isSecret && { visibility: 'secret' }),
  };
}

/** Why a key has no effect, where all that know it say so. */
function goneBy(parts: readonly JsonSchema[]): string | undefined {
  const [first] = parts;
  if (!first) return undefined;
  if (typeof first.replacedBy === 'string' && parts.every((part) => part.replacedBy === first.replacedBy))
    return `Has no effect: write '${first.replacedBy}' instead.`;
  if (typeof first.readBy === 'string' && parts.every((part) => part.readBy === first.readBy))
    return `Has no effect: '${first.readBy}' reads it, and is not installed.`;
  return undefined;
}

function isMarked({ visibility, deepVisibility }: JsonSchema): boolean {
  return visibility === 'secret' || deepVisibility === 'secret';
}

/** A key of one kind of provider, of any provider, or of every gate. */
function describedIn(path: readonly string[]): { meaning?: string; default?: string } | undefined {
  const key = path.join('.').replaceAll('.[]', '[]');
  const ofAny = key.replace(/^auth\.providers\.[^.]+/, 'auth.providers.<name>');
  const ofEnvironment = ofAny.replace(/^auth\.providers\.<name>/, 'auth.providers.<name>.<name>');
  const ofGate = key.replace(/^auth\.providers\..+\.allow\./, 'auth.allow.');
  const [found] = [key, ofAny, ofEnvironment, ofGate].flatMap((one) => keyDescriptions[one] ?? []);
  return found;
}

function defaultText(told: string | undefined): string {
  if (told === undefined) return '';
  return told === 'required' ? 'Required' : `Default: ${told}`;
}

/** A default that is written as a value, not told in words. */
function valueOf(told: string | undefined, parts: readonly JsonSchema[]): unknown {
  const written = /^(?:`([^`]+)`|(\d+))$/.exec(told ?? '');
  const text = written?.[1] ?? written?.[2];
  if (text === undefined) return undefined;
  const types = new Set(
    parts.flatMap((part) => [part.type, ...membersOf(part).map(({ type }) => type)].flat()),
  );
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if ((types.has('number') || types.has('integer')) && /^\d+$/.test(text)) return Number(text);
  return types.has('string') && !text.includes('<') ? text : undefined;
}

function membersOf({ anyOf }: JsonSchema): JsonSchema[] {
  return Array.isArray(anyOf) ? (anyOf as JsonSchema[]) : [];
}
