/** The responses of refusals, made of the tables of codes: name, status and sentence of each stand nowhere else. */
import type { ErrorCode } from '@vestibule/backend-plugin-api';
import {
  apiSchema,
  isSignInCode,
  signInCodes,
  type ApiDescription,
  type ApiOperation,
  type SignInCodeName,
} from '@vestibule/plugin-auth-node';

/** A code beside the closed list of sign-in, as it is on the wire. */
export type WireCode = NonNullable<ApiDescription['codes']>[ErrorCode];

const { object, ref, text, number } = apiSchema;

/** The body of every refusal, but for those of OAuth. */
export const errorSchema = {
  description: 'A refusal, in the shape that the clients of Backstage know.',
  ...object<{ error: object; request: object; response: object }>(
    {
      error: object<
        Record<'name' | 'message', string> & Partial<Record<'code' | 'reference' | 'type' | 'stack', string>>
      >(
        {
          name: text('The kind of error, of a few.'),
          message: text('One sentence for the person; of errors of the server, where the log has it.'),
        },
        {
          code: { ...text('What programs tell errors apart by. It is stable.'), pattern: '^ERR_[A-Z0-9_]+$' },
          reference: text('Of the record that tells an operator why.'),
          type: text('What kind of bad input.'),
          stack: text('In development only.'),
        },
      ),
      request: object<{ method: string; url: string }>(
        { method: text('As it was sent.'), url: text('As the route saw it.') },
        {},
      ),
      response: object<{ statusCode: number }>({ statusCode: number('The status.') }, {}),
    },
    {},
  ),
};

/** What the host says before any route is asked: the same of all of them. */
export const hostResponses = {
  TooManyRequests: {
    description: 'The caller is over `backend.rateLimit`, where that is set.',
    headers: { 'Retry-After': { required: true, schema: number('Seconds.') } },
    content: {
      'application/json': {
        schema: object<{ error: object; response: object }>(
          {
            error: object<{ name: string; message: string }>(
              { name: text('The kind of error.'), message: text('One sentence.') },
              {},
            ),
            response: object<{ statusCode: number }>({ statusCode: number('The status.') }, {}),
          },
          {},
        ),
      },
    },
  },
  Refused: {
    description:
      'Whatever else the host refuses, of any route: a malformed request (400), a long address (414), too many headers (431), a fault (500), and while the backend starts or stops (503).',
    content: { 'application/json': { schema: ref('Error') } },
  },
};

const retryAfter = { 'Retry-After': { schema: number('Seconds, where that is known.') } };

/** By status. @param ownCodes - Beside the closed list of sign-in. @throws RangeError for a code that no table has. */
export function refusalResponses(
  { refusals = [], refusesWithPage }: Pick<ApiOperation, 'refusals' | 'refusesWithPage'>,
  ownCodes: Readonly<Record<string, WireCode>>,
): Record<string, object> {
  const byStatus = new Map<number, [ErrorCode, WireCode][]>();
  for (const code of new Set(refusals)) {
    const entry = isSignInCode(code) ? wireCodeOf(code) : ownCodes[code];
    if (!entry) throw new RangeError(`no table says what ${code} is on the wire`);
    byStatus.set(entry.status, [...(byStatus.get(entry.status) ?? []), [code, entry]]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map(([code, { meaning }]) => `- \`${code}\`: ${meaning}`).join('\n'),
        ...(status === 503 && { headers: retryAfter }),
        content: {
          'application/json': { schema: narrowed(status, codes) },
          ...(refusesWithPage && {
            'text/html': { schema: { type: 'string', description: 'The same for a person.' } },
          }),
        },
      },
    ]),
  );
}

function wireCodeOf(code: SignInCodeName): WireCode {
  const { name, status, sentence } = signInCodes[code];
  return { name, status, meaning: sentence };
}

/** The body, with the names and codes that it can have here. The name of a fault of the server says nothing to programs. */
function narrowed(status: number, codes: readonly (readonly [ErrorCode, WireCode])[]): object {
  const names = [...new Set(codes.map(([, { name }]) => name))];
  return {
    allOf: [
      ref('Error'),
      object<{ error: object }>(
        {
          error: object<{ name: string; code: string }>(
            {
              name: status === 500 ? text('Of the fault.') : { enum: names },
              code: { enum: codes.map(([code]) => code) },
            },
            {},
          ),
        },
        {},
      ),
    ],
  };
}
