/**
 * The blocks under `auth.providers`, as JSON Schema: for editors, and for whoever looks for secrets in a config. Each block is
 * checked apart, by the same schemas; here they stand together, by the type of the block.
 */
import type { ConfigDescriber, ConfigSchema } from '@vestibule/backend-plugin-api';
import {
  adoptedSignInResolvers,
  authProviderServiceRef,
  commonSignInResolvers,
  isSignInResolverFactory,
  providerDefinitionOf,
  type ProviderDefinition,
} from '@vestibule/plugin-auth-node';
import { instanceSchema, oauthSettingsSchema, proxySettingsSchema } from '../config.ts';
import { createProviderTypes } from './providerTypes.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Of the types that are services. What a module may still register is not known before a start. */
export const describeProviders: ConfigDescriber = async ({ valuesOf }) => {
  const registry = createProviderTypes();
  registry.addServices(
    (await valuesOf(authProviderServiceRef)).filter(({ factory }) => providerDefinitionOf(factory)),
  );
  const definitions = [...registry.all()].flatMap(([type, { definition }]) =>
    definition ? [[type, definition] as const] : [],
  );
  const types = definitions.map(([type]) => type);
  const $defs = Object.fromEntries(
    definitions.flatMap(([type, definition]) => Object.entries(partsOf(type, definition))),
  );
  const blocks = Object.fromEntries(
    definitions.map(([type, definition]) => [type, blockOf(type, definition)]),
  );
  const ofAnother = { type: 'object', properties: { type: { type: 'string', not: { enum: types } } } };
  /** A block is of the type that it names, or else of the one that it is called after. */
  const block = (id?: string): Schema => ({
    anyOf: [
      ...types.map((type) => ({ ...blocks[type], ...(type !== id && { required: ['type'] }) })),
      { ...ofAnother, additionalProperties: {}, ...(id !== undefined && { required: ['type'] }) },
    ],
  });
  const providers = {
    type: 'object',
    properties: Object.fromEntries(types.map((type) => [type, block(type)])),
    additionalProperties: block(),
  };
  return [
    onlyDescribed({
      type: 'object',
      properties: { auth: { type: 'object', properties: { providers } } },
      $defs,
    }),
  ];
};

/**
 * The block of a type. `describedAs`: under which key the documentation tells of what is below, whatever the block is
 * called.
 */
function blockOf(type: string, definition: ProviderDefinition): Schema {
  const settings = Object.keys(partsOf(type, definition)).map((name) => ({ $ref: `#/$defs/${name}` }));
  const { type: _, ...instance } = jsonSchemaOf(instanceSchema)?.properties as Record<string, Schema>;
  const properties = { ...instance, type: { type: 'string', const: type } };
  const describedAs = `auth.providers.${type}`;
  if (definition.kind === 'proxy') return { type: 'object', properties, allOf: settings, describedAs };
  const environment = { type: 'object', allOf: settings };
  return { type: 'object', properties, additionalProperties: environment, describedAs };
}

/** What a block, or each environment of it, has to fulfil, by a name in the document. */
function partsOf(type: string, definition: ProviderDefinition): Record<string, Schema> {
  const common =
    definition.kind === 'oauth'
      ? oauthSettingsSchema(definition.clientSecret ?? 'required')
      : proxySettingsSchema;
  const own = jsonSchemaOf(definition.configSchema);
  return {
    ...embedded(`${type}.common`, jsonSchemaOf(common) ?? {}),
    ...(own && embedded(`${type}.own`, own)),
    ...embedded(`${type}.resolvers`, resolversOf(definition)),
  };
}

/** The entries of `signIn.resolvers`: beside a name that is known stand the options of that resolver alone. */
function resolversOf(definition: ProviderDefinition): Schema {
  const tellsClaims = definition.kind === 'oauth' && definition.claimsOf !== undefined;
  const known = {
    ...(tellsClaims && adoptedSignInResolvers),
    ...commonSignInResolvers,
    ...definition.resolvers,
  };
  const entries = Object.entries(known).map(([name, resolver]): Schema => {
    const options = isSignInResolverFactory(resolver) ? jsonSchemaOf(resolver.optionsSchema) : undefined;
    return {
      type: 'object',
      properties: { ...(options?.properties as Schema), resolver: { type: 'string', const: name } },
      required: ['resolver'],
      unevaluatedProperties: false,
    };
  });
  const added = { type: 'string', not: { enum: Object.keys(known) } };
  const items = {
    anyOf: [...entries, { type: 'object', properties: { resolver: added }, additionalProperties: {} }],
  };
  const signIn = { type: 'object', properties: { resolvers: { type: 'array', items } } };
  return { type: 'object', properties: { signIn } };
}

function jsonSchemaOf(schema: ConfigSchema | undefined): Schema | undefined {
  return schema?.['~standard'].jsonSchema?.input({ target: 'draft-2020-12' });
}

/** A document as a part of another: what it refers to within itself is found there. */
function embedded(name: string, document: Schema): Record<string, Schema> {
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]: [string, unknown]) => [
        key,
        key === '$ref' && typeof member === 'string' && member.startsWith('#')
          ? `#/$defs/${name}${member.slice(1)}`
          : moved(member),
      ]),
    );
  };
  return { [name]: moved(document) as Schema };
}

function onlyDescribed(document: Record<string, unknown>): ConfigSchema {
  return {
    '~standard': {
      version: 1,
      vendor: 'vestibule',
      validate: (value) => ({ value }),
      jsonSchema: { input: () => document },
    },
  };
}
