/** What modules add to sign-in through its extension points, before it starts. */
import { ConflictError, type ErrorCode } from '@vestibule/backend-plugin-api';
import type {
  AuthOwnershipResolutionExtensionPoint,
  AuthOwnershipResolver,
  AuthServerMetadata,
  AuthServerMetadataExtensionPoint,
  AuthSignInPageExtensionPoint,
} from '@vestibule/plugin-auth-node';
import { createProviderTypes, type ProviderTypes } from './providers/providerTypes.ts';
import { createResolverRegistry, type ResolverRegistry } from './providers/resolverRegistry.ts';
import { signInOptionsOf } from './providers/signInOptions.ts';
import type { BuiltProviders } from './providers/configuredProviders.ts';
import { createTransformRegistry, type TransformRegistry } from './providers/transformRegistry.ts';

/** The extension points, and what they have collected. */
export interface Registrations {
  readonly types: ProviderTypes;
  readonly resolvers: ResolverRegistry;
  readonly transforms: TransformRegistry;
  readonly ownership: AuthOwnershipResolutionExtensionPoint;
  readonly metadata: AuthServerMetadataExtensionPoint;
  readonly signInPage: AuthSignInPageExtensionPoint;
  readonly ownershipResolver: AuthOwnershipResolver | undefined;
  readonly serverMetadata: AuthServerMetadata | undefined;
  readonly pageOrigins: readonly string[];
  /** Empty until they are built; the sign-in page asks for them. */
  built: BuiltProviders;
}

export function createRegistrations(): Registrations {
  const types = createProviderTypes();
  const pageOrigins: string[] = [];
  const ownership = once<AuthOwnershipResolver>(
    'ERR_OWNERSHIP_RESOLVER_SET_TWICE',
    'Auth ownership resolver is already set',
  );
  const metadata = once<AuthServerMetadata>(
    'ERR_AUTH_SERVER_METADATA_SET_TWICE',
    'Another module has said already what the authorization server does',
  );
  const registrations: Registrations = {
    types,
    resolvers: createResolverRegistry(),
    transforms: createTransformRegistry(),
    ownership: { setAuthOwnershipResolver: ownership.set },
    metadata: { setMetadata: metadata.set },
    signInPage: {
      allowOrigin: (origin) => void pageOrigins.push(origin),
      signInOptions: () => signInOptionsOf(registrations.built.providers, registrations.built.types),
    },
    get ownershipResolver() {
      return ownership.get();
    },
    get serverMetadata() {
      return metadata.get();
    },
    pageOrigins,
    built: { providers: new Map(), types: new Map() },
  };
  return registrations;
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
