/** What there is to say of the pages and of what they load, for the OpenAPI document. Loaded with the first request for it. */
import { apiSchema, type ApiDescription, type ApiOperation } from '@vestibule/plugin-auth-node';
import type { PickableUser, PickableUsers } from '../guests.ts';
import type { Owned, OwnedEntity, Owner } from '../owned.ts';

const { flag, list, number, object, ref, text } = apiSchema;

const json = (schema: object) => ({ 'application/json': { schema } });
const textOf = (type: string) => ({ [type]: { schema: { type: 'string' } } });
const header = (value: string) => ({ required: true, schema: { const: value } });
const noStore = { 'Cache-Control': header('no-store') };
const tags = ['pages'];
const inPath = (name: string, description: string) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});

const page: Pick<ApiOperation, 'tags' | 'security' | 'responses'> = {
  tags,
  security: [],
  responses: {
    200: {
      description: 'The page.',
      headers: { ...noStore, 'Content-Security-Policy': { required: true, schema: { type: 'string' } } },
      content: textOf('text/html'),
    },
  },
};
/** Of the backend, as for every address that nobody answers. */
const nothingThere = { description: 'There is no such thing here.' };

export const webApi = {
  tags: { pages: 'The sign-in page, the consent page, and what they load.' },
  operations: {
    showSignInPage: {
      ...page,
      summary: 'Show the sign-in page',
      description: 'The query is read by the script of the page alone.',
      parameters: [
        {
          name: 'error_code',
          in: 'query',
          description: 'Of a sign-in that failed.',
          schema: { type: 'string' },
        },
        { name: 'error_reference', in: 'query', description: 'Of its record.', schema: { type: 'string' } },
      ],
    },
    showConsentPage: {
      ...page,
      summary: 'Show the consent page',
      description:
        'Where the OAuth server sends browsers, while `app.baseUrl` is the address of this page or is not set.',
      parameters: [inPath('id', 'The handle of the request.')],
      responses: { ...page.responses, 404: nothingThere },
    },
    readOwned: {
      tags,
      summary: 'Read what the signed-in user owns',
      security: [{ userToken: [] }],
      responses: {
        200: { description: 'From the catalog.', headers: noStore, content: json(ref('Owned')) },
      },
      refusals: [
        'ERR_CREDENTIALS_MISSING',
        'ERR_TOKEN_INVALID',
        'ERR_PRINCIPAL_NOT_ALLOWED',
        'ERR_CATALOG_UNAVAILABLE',
        'ERR_CATALOG_REFUSED',
        'ERR_CATALOG_ANSWER_INVALID',
        'ERR_USER_INFO_UNAVAILABLE',
      ],
    },
    searchGuests: {
      tags,
      summary: 'Search whom a guest may pick',
      description: 'In development, where the config lets guests pick. For this page only.',
      parameters: [
        {
          name: 'q',
          in: 'query',
          description: 'A part of the reference, the name or the e-mail address. Default: everybody.',
          schema: { type: 'string', maxLength: 100 },
        },
      ],
      security: [{ requestedWith: [] }],
      responses: {
        200: { description: 'Users of the catalog.', headers: noStore, content: json(ref('PickableUsers')) },
        404: nothingThere,
      },
      refusals: [
        'ERR_AUTH_PARAMETER_INVALID',
        'ERR_AUTH_REQUESTED_WITH_MISSING',
        'ERR_AUTH_ORIGIN_NOT_ALLOWED',
        'ERR_CATALOG_UNAVAILABLE',
        'ERR_CATALOG_REFUSED',
        'ERR_CATALOG_ANSWER_INVALID',
      ],
    },
    loadAsset: {
      tags,
      summary: 'Load a script or the stylesheet of a page',
      parameters: [
        inPath('hash', 'Of the content of all of them, as the page names it.'),
        inPath('name', 'Of the file.'),
      ],
      security: [],
      responses: {
        200: {
          description: 'The file.',
          headers: { 'Cache-Control': header('public, max-age=31536000, immutable') },
          content: { ...textOf('text/css'), ...textOf('text/javascript'), ...textOf('image/svg+xml') },
        },
        404: nothingThere,
      },
    },
    loadIcon: {
      tags,
      summary: 'Load the icon',
      security: [],
      responses: {
        200: {
          description: 'The icon.',
          headers: { 'Cache-Control': header('public, max-age=86400') },
          content: textOf('image/svg+xml'),
        },
      },
    },
  },
  codes: {
    ERR_USER_INFO_UNAVAILABLE: {
      name: 'ServiceUnavailableError',
      status: 503,
      meaning: 'User info cannot be read at the moment.',
    },
  },
  schemas: {
    Owned: object<Owned>(
      {
        userEntityRef: text('The user.'),
        groups: list(ref('Owner')),
        entities: list(ref('OwnedEntity')),
        truncated: flag('Whether there were more entities.'),
      },
      {},
    ),
    Owner: {
      description: 'A group, or whatever else a user owns through.',
      ...object<Owner>({ entityRef: text('Its reference.'), title: text('For people.') }, {}),
    },
    OwnedEntity: object<OwnedEntity>(
      {
        entityRef: text('Its reference.'),
        title: text('For people.'),
        kind: text('As the catalog writes it.'),
        ownedThrough: list(text('A reference of the user that owns it.')),
      },
      { type: text('Of its `spec`.'), description: text('As the catalog has it.') },
    ),
    PickableUsers: object<PickableUsers>(
      { users: list(ref('PickableUser')), truncated: flag('Whether there are more.') },
      {},
    ),
    PickableUser: object<PickableUser>(
      {
        entityRef: text('The user.'),
        title: text('For people.'),
        groups: number('Of how many groups they are a direct member.'),
      },
      { email: text('As the catalog has it.') },
    ),
  },
} satisfies ApiDescription;

/** The routes of the pages, by what they are called in the document. */
export type WebOperation = keyof typeof webApi.operations;
