/**
 * The portal's logo: a data URL, a path of this origin, or a file that is read when the backend starts. Of another origin
 * it would tell that one who opens the page, and the content security policy would have to let it.
 */
import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** It stands in every page, so it is small. */
const maximumBytes = 64 * 1024;

const types: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
};
const dataUrl = /^data:image\/(?:svg\+xml|png|jpeg|webp|gif)(?:;charset=utf-8)?(?:;base64)?,[!-~]+$/i;
const ownPath = /^\/(?![/\\])[!-~]*$/;

/** What is wrong with it; `undefined` where nothing is. */
export function logoFault(logo: string): string | undefined {
  if (logo.startsWith('data:')) {
    if (!dataUrl.test(logo)) return 'must be a data URL of an SVG, PNG, JPEG, WebP or GIF picture';
    return logo.length > 1.4 * maximumBytes ? 'must have at most 64 KB' : undefined;
  }
  if (logo.startsWith('/'))
    return ownPath.test(logo) ? undefined : 'must be a path of this origin, such as /logo.svg';
  if (/^(?!file:)[a-z][a-z0-9+.-]+:/i.test(logo))
    return 'must be a file, a path of this origin that begins with /, or a data URL';
  if (types[extname(logo).toLowerCase()] === undefined)
    return `must be a file of one of the kinds ${Object.keys(types).join(', ')}`;
  try {
    return statSync(pathOf(logo)).size > maximumBytes ? 'names a file of more than 64 KB' : undefined;
  } catch {
    return 'names a file that cannot be read';
  }
}

/** What `src` of the picture says, and what the content security policy calls its source. */
export function readLogo(logo: string): { src: string; source: "'self'" | 'data:' } {
  if (logo.startsWith('/')) return { src: logo, source: "'self'" };
  if (logo.startsWith('data:')) return { src: logo, source: 'data:' };
  const type = types[extname(logo).toLowerCase()] ?? 'image/png';
  return { src: `data:${type};base64,${readFileSync(pathOf(logo)).toString('base64')}`, source: 'data:' };
}

function pathOf(logo: string): string {
  return logo.startsWith('file:') ? fileURLToPath(logo) : logo;
}
