/** Tells a person that a sign-in was refused: in the popup's answer, or with the redirect back to where it began. */
import { CodedError, markup, statusOfError } from '@vestibule/backend-plugin-api';
import {
  signInCodes,
  isSignInCode,
  RefusalError,
  signInCodeOf,
  withoutProviderWords,
  printRecord,
  type SignInRecord,
} from '@vestibule/plugin-auth-node';
import { codeSentence, newReference, refusalSentences, sendEndingPage } from '@vestibule/plugin-auth-pages';
import type { RouteContext } from '@vestibule/koa-handler';
import type { AuthTransaction } from '../transactions/transaction.ts';
import type { FlowContext } from './signInFlow.ts';

/** For the one refusal that is in no list: of a provider that reads requests as they come. */
const notOffered = 'This way to sign in has no page of its own: open the portal instead.';
/** Of a sentence that may quote an address. */
const longestLogged = 200;
/** What the last refusal has added to an address, from which somebody tries again. */
const earlierRefusal = /(?<=[?&])error=[^&#]*&error_code=[^&#]*&error_reference=[^&#]*&?/;

/**
 * Sends the refusal. Without a transaction nothing is known about where it began, so the answer goes to the origin of
 * `app.baseUrl`. The sentence is the closed list's or ours; an error's own message never leaves. The record is shown in
 * development only; otherwise its reference is all that leads an operator to it.
 */
export function sendRefusal(
  ctx: RouteContext,
  flow: FlowContext,
  options: { error: unknown; transaction: AuthTransaction | undefined; record: SignInRecord },
): void {
  const { targets } = flow;
  const { error, transaction, record } = options;
  const code = signInCodeOf(error) ?? 'ERR_RESOLVER_FAILED';
  const { name, sentence } = signInCodes[code];
  const message = error instanceof RefusalError ? error.message : sentence;

  if (transaction?.flow === 'redirect' && transaction.redirectUrl !== undefined) {
    const address = targets.failureAddress(transaction.redirectUrl).replace(earlierRefusal, '');
    ctx.status = 302;
    ctx.set(
      'Location',
      appendParameters(address, { error: message, error_code: code, error_reference: record.reference }),
    );
    ctx.body = '';
    ctx.remove('Content-Type');
    return;
  }
  sendPage(ctx, flow, {
    name,
    code,
    message,
    record,
    targetOrigin: transaction?.origin ?? targets.appOrigin,
  });
}

/**
 * Says in words that a sign-in did not begin, or that a callback is none, with the status of what happened: to a person, who
 * came here with a browser. Without a target, nothing is known to be safe: the page posts nothing, and leads nowhere but to
 * `app.baseUrl`.
 *
 * @param options - `target`: where the sign-in would have ended; matched. `record`: of a start at which the provider was
 *   asked.
 * @throws the error itself for a program, which gets it as JSON, and where it has no code.
 */
export function sendRefusedRequest(
  ctx: RouteContext,
  flow: FlowContext,
  options: {
    error: unknown;
    target?: Pick<AuthTransaction, 'origin' | 'flow'> | undefined;
    record?: SignInRecord | undefined;
  },
): void {
  const { error, target, record } = options;
  if (!(error instanceof CodedError) || ctx.accepts('json', 'html') !== 'html') throw error;
  const { name, code } = error;
  const message = isSignInCode(code) ? error.message : notOffered;
  if (error instanceof RefusalError && error.retryAfterSeconds !== undefined) {
    ctx.set('Retry-After', String(error.retryAfterSeconds));
  }
  const targetOrigin = target?.flow === 'popup' ? target.origin : undefined;
  sendPage(ctx, flow, { name, code, message, record, targetOrigin }, statusOfError(error));
}

function sendPage(
  ctx: RouteContext,
  { targets, pages, logger, runtimeMode: { isDevelopment } }: FlowContext,
  refused: {
    name: string;
    code: string;
    message: string;
    record: SignInRecord | undefined;
    targetOrigin: string | undefined;
  },
  status?: number,
): void {
  const { name, code, message, record, targetOrigin } = refused;
  const texts = pages.textsFor(ctx.req);
  const { reference } = record ?? { reference: newReference() };
  if (!record)
    logger.info(`a browser was refused: ${code}: ${message.slice(0, longestLogged)}`, { reference });
  const isUnknownAddress = code === 'ERR_HTTP_ROUTE_NOT_FOUND';
  const heading = record ? 'notSignedIn' : isUnknownAddress ? 'noSuchPage' : 'cannotSignIn';
  sendEndingPage(
    ctx,
    { pages, texts },
    {
      appUrl: targets.appUrl,
      heading: texts.say(`endings.${heading}`),
      paragraphs: [
        ...refusalSentences(texts, code, message),
        ...(isDevelopment && !record && isSignInCode(code)
          ? [markup`<span lang="en" dir="ltr">For the operator: ${signInCodes[code].operator}</span>`]
          : []),
        codeSentence(texts, { code, reference }, record ? 'record' : 'log'),
      ],
      ...(targetOrigin !== undefined && {
        post: {
          message: {
            type: 'authorization_response',
            error: { name, message, code, ...(record && { reference }) },
          },
          targetOrigin,
        },
      }),
      ...(isDevelopment && record && { lines: printRecord(withoutProviderWords(record)) }),
    },
    status,
  );
}

/**
 * Adds parameters to the query, before the fragment, and keeps the rest to the letter (RFC 6749 section 3.1.2). Those
 * without a value are left out.
 */
export function appendParameters(
  address: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const added = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) added.set(name, value);
  }
  const hash = address.indexOf('#');
  const [head, fragment] = hash < 0 ? [address, ''] : [address.slice(0, hash), address.slice(hash)];
  const separator = !head.includes('?') ? '?' : /[?&]$/.test(head) ? '' : '&';
  return `${head}${separator}${added}${fragment}`;
}
