/** Reads the answers of hosted Backstage modules: the popup page's message, and the JSON of a refresh and a logout. */
import { isHttpsOrLoopback, isObject, parseUrl } from '@vestibule/backend-plugin-api';
import type { AuthResponse } from '../../authResponse.ts';

/** What a module's popup page would have posted. */
export type ModulePageMessage =
  | { response: AuthResponse; error?: undefined }
  | { error: { name: string; message: string }; response?: undefined };

/**
 * Finds the message in a popup page: the percent-encoded literal that decodes to an `authorization_response`. Names of
 * variables are not part of Backstage's contract; the literal is.
 */
export function readModulePage(html: string): ModulePageMessage | undefined {
  for (const [, literal = ''] of html.matchAll(/'(%7B[^']*)'/g)) {
    const message = parseObject(decodeOrNothing(literal));
    if (message?.['type'] !== 'authorization_response') continue;
    const { response, error } = message;
    if (isObject(response)) return { response: response as unknown as AuthResponse };
    if (isObject(error)) return { error: { name: String(error['name']), message: String(error['message']) } };
  }
  return undefined;
}

/** The body of a refresh. */
export function readModuleJson(body: string): AuthResponse | undefined {
  const answer = parseObject(body);
  return answer && isObject(answer['profile']) ? (answer as unknown as AuthResponse) : undefined;
}

/**
 * Where a logout sends the browser: a page of the vendor's, over https or on this machine. What a module puts into it of the
 * request is at most the origin, which was matched.
 */
export function readLogoutUrl(body: string): string | undefined {
  const url = parseObject(body)?.['logoutUrl'];
  if (typeof url !== 'string') return undefined;
  const parsed = parseUrl(url);
  return parsed && isHttpsOrLoopback(parsed) ? url : undefined;
}

function decodeOrNothing(literal: string): string {
  try {
    return decodeURIComponent(literal);
  } catch {
    return '';
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
