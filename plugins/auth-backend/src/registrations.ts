/** What modules add to sign-in through its extension points, before it starts. */
import { ConflictError, type ErrorCode } from '@vestibule/backend-plugin-api';
import type {
  AuthOwnershipResolutionExtensionPoint,
  AuthOwnershipResolver,
  AuthServerMetadata,
  AuthServerMetadataExtensionPoint,
  AuthSignInPageExtensionPoint,
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
  /** Empty until they are built; the sign-in page asks for them. */
  built: BuiltProviders = { providers: new Map(), types: new Map() };
  private readonly resolver = once<AuthOwnershipResolver>(
    'ERR_OWNERSHIP_RESOLVER_SET_TWICE',
    'Auth ownership resolver is already set',
  );
  private readonly server = once<AuthServerMetadata>(
    'ERR_AUTH_SERVER_METADATA_SET_TWICE',
    'Another module has said already what the authorization server does',
  );
  readonly ownership: AuthOwnershipResolutionExtensionPoint = { setAuthOwnershipResolver: this.resolver.set };
  readonly metadata: AuthServerMetadataExtensionPoint = { setMetadata: this.server.set };
  readonly signInPage: AuthSignInPageExtensionPoint = {
    allowOrigin: (origin) => void this.pageOrigins.push(origin),
    signInOptions: () => signInOptionsOf(this.built.providers, this.built.types),
  };

  get ownershipResolver(): AuthOwnershipResolver | undefined {
    return this.resolver.get();
  }

  get serverMetadata(): AuthServerMetadata | undefined {
    return this.server.get();
  }
}

/** What one module alone may say. */
function once<T>(code: ErrorCode, message: string): { set(value: T): void; get(): T | undefined } {
  let given: T | undefined;
  return {
    set(value) {
      if (given) throw new ConflictError(code, message);
      given = value;
    },
    get: () => given,
  };
}
