/** The keys of sign-in that are ours beside those of one block: one that stands in the block by mistake is recognised. */
import type { OwnedConfigSchema } from '@vestibule/backend-plugin-api';
import type { ProviderDefinition } from '@vestibule/plugin-auth-node';
import { authConfigSchema, resolverOptionsSchema } from '../config.ts';

/** For `elsewhere` of `checkConfig`. */
export function keysElsewhere(definition?: ProviderDefinition): OwnedConfigSchema[] {
  const owner = "plugin 'auth'";
  return [
    { schema: authConfigSchema, owner },
    ...(definition?.resolvers ? [{ schema: resolverOptionsSchema(definition.resolvers), owner }] : []),
  ];
}
