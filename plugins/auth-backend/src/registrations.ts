/** What modules add to sign-in through its extension points, before it starts. */
import { ConflictError } from '@vestibule/backend-plugin-api';
import type {
  ApiRoutes,
  AuthApiExtensionPoint,
  AuthOwnershipResolutionExtensionPoint,
  AuthOwnershipResolver,
  AuthServerMetadata,
  AuthServerMetadataExtensionPoint,
  AuthSessionsExtensionPoint,
  AuthSignInPageExtensionPoint,
  SessionSource,
} from '@vestibule/plugin-auth-node';
import { createProviderTypes } from './providers/providerTypes.ts';
import { createResolverRegistry } from './providers/resolverRegistry.ts';
import { signInOptionsOf } from './providers/signInOptions.ts';
import type { BuiltProviders } from './providers/configuredProviders.ts';
import { createTransformRegistry } from './providers/transformRegistry.ts';

/** The extension points, and what they have collected. */
export class Registrations {
  readonly types = createProviderTypes();
  readonly resolvers = createResolverRegistry();
  readonly transforms = createTransformRegistry();
  readonly pageOrigins: string[] = [];
  readonly apiRoutes: ApiRoutes[] = [];
  readonly sessionSources: SessionSource[] = [];
  /** Empty until they are built; the sign-in page asks for them. */
  built: BuiltProviders = {
    providers: new Map(),
    types: new Map(),
    catalog: { isThere: false, says: '' },
  };
  ownershipResolver: AuthOwnershipResolver | undefined;
  serverMetadata: AuthServerMetadata | undefined;
  readonly ownership: AuthOwnershipResolutionExtensionPoint = {
    setAuthOwnershipResolver: (resolver) => {
      if (this.ownershipResolver)
        throw new ConflictError('ERR_OWNERSHIP_RESOLVER_SET_TWICE', 'Auth ownership resolver is already set');
      this.ownershipResolver = resolver;
    },
  };
  readonly metadata: AuthServerMetadataExtensionPoint = {
    setMetadata: (metadata) => {
      if (this.serverMetadata) {
        const message = 'Another module has said already what the authorization server does';
        throw new ConflictError('ERR_AUTH_SERVER_METADATA_SET_TWICE', message);
      }
      this.serverMetadata = metadata;
    },
  };
  readonly api: AuthApiExtensionPoint = {
    addRoutes: (routes) => void this.apiRoutes.push(routes),
  };
  readonly sessions: AuthSessionsExtensionPoint = {
    addSource: (source) => void this.sessionSources.push(source),
  };
  readonly signInPage: AuthSignInPageExtensionPoint = {
    allowOrigin: (origin) => void this.pageOrigins.push(origin),
    signInOptions: () => signInOptionsOf(this.built.providers, this.built.types),
  };
}
