/**
 * Reads stacks for messages: where somebody called, and which frames of a fault are in the code of whoever uses this
 * product. Frames of Node, of installed packages and of the framework itself tell that person nothing.
 *
 * Places are as Node gives them, so they are those of the sources where it runs with `--enable-source-maps`.
 */
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { frameworkFolder } from '../frameworkFolder.ts';

interface Frame {
  /** Empty for code outside any function. */
  readonly caller: string;
  readonly file: string;
  /** `file:line:column`, the file relative to the working directory where it lies below it. */
  readonly place: string;
}

/**
 * Where the caller of a function stands, as `file:line:column`. Remembering it is cheap: the text is made when it is asked
 * for.
 *
 * @param called - The function that was called; frames above it count.
 * @public
 */
export function rememberCallSite(called: (...parameters: never[]) => unknown): () => string {
  const site: { stack?: string } = {};
  Error.captureStackTrace(site, called);
  return () => {
    const frames = framesOf(site.stack ?? '');
    return (frames.find(isOwn) ?? frames[0])?.place ?? 'an unknown place';
  };
}

/**
 * The frames of something thrown that are in a person's own code, nearest first: `greet (src/hello.ts:12:9)`. None where it
 * came from installed packages alone, or where no error was thrown.
 *
 * @param limit - How many at most.
 * @public
 */
export function ownFrames(thrown: unknown, limit: number): string[] {
  return framesOf(traceOf(thrown))
    .filter(isOwn)
    .slice(0, limit)
    .map(({ caller, place }) => (caller === '' ? place : `${caller} (${place})`));
}

/** The stack without the message in front of it, which may have lines of any look. */
function traceOf(thrown: unknown): string {
  try {
    const { stack, message } = thrown as { stack?: unknown; message?: unknown };
    if (typeof stack !== 'string' || typeof message !== 'string') return '';
    const at = stack.indexOf(message);
    return at < 0 ? '' : stack.slice(at + message.length);
  } catch {
    return ''; // What is thrown may be anything, also something whose members throw when read.
  }
}

function framesOf(trace: string): Frame[] {
  return trace.split('\n').flatMap((line) => {
    const [, text] = /^\s+at (?:async )?(.+)$/.exec(line) ?? [];
    if (text === undefined) return [];
    const [, caller = '', inside = text] = /^(.*?) \((.*)\)$/.exec(text) ?? [];
    const [, written, position] = /^(.+?)(:\d+:\d+)$/.exec(inside) ?? [];
    if (written === undefined || position === undefined) return [];
    const file = pathOf(written);
    return [{ caller, file, place: `${shortened(file)}${position}` }];
  });
}

function pathOf(written: string): string {
  if (!written.startsWith('file:')) return written;
  try {
    return fileURLToPath(written);
  } catch {
    return written;
  }
}

function shortened(file: string): string {
  if (!isAbsolute(file)) return file;
  const below = relative(process.cwd(), file);
  return below.startsWith('..') || isAbsolute(below) ? file : below;
}

function isOwn({ file }: Frame): boolean {
  if (file.startsWith('node:') || /[\\/]node_modules[\\/]/.test(file)) return false;
  // The framework's own tests use it as anybody does.
  return file.endsWith('.test.ts') || !isFramework(file);
}

/** In a checkout of this product the framework is no installed package. In a bundle it cannot be told apart. */
function isFramework(file: string): boolean {
  const folder = frameworkFolder();
  return folder !== undefined && file.startsWith(folder);
}
