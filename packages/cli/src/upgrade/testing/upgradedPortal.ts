/**
 * The portal of the upgrade: one config, and what is added to the default backend. The released code and today's run this
 * file alike, so that it rests on nothing but what every release has: the keys of the config, and Backstage's shapes.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDefaultBackend } from '@vestibule/backend';
import { vendorModule } from './vendorModule.ts';

/** What differs from portal to portal. */
export interface UpgradedPortal {
  /** For its config and its catalog. */
  directory: string;
  /** Where it listens; browsers know it by `baseUrl`. */
  port: number;
  baseUrl: string;
  /** The value of `backend.database`. */
  database: object;
  /** `auth.session.secret`. Without one the backend generates its own. */
  sessionSecret?: string | undefined;
  idp: { metadataUrl: string; issuer: string; clientId: string; clientSecret: string | undefined };
  gitHubUrl: string;
}

const environment = 'production';
/** The environment of its providers. */
export const portalEnvironment = environment;
/** What production lets pass: no placeholder. */
export const idpClientSecret = 'k2Jm-client-secret-of-production-7Qx';
export const gitHubClient = { clientId: 'portal', clientSecret: 'k2Jm-client-secret-of-github-7Qx' };

/** Jane, and her group. */
export const catalog = `
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: jane }
spec: { profile: { displayName: Jane Doe, email: jane@example.com }, memberOf: [team-a] }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: team-a }
spec: { type: team, children: [] }
`;

const byEmail = { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] };

function configOf({
  baseUrl,
  port,
  database,
  sessionSecret,
  idp,
  gitHubUrl,
  ...portal
}: UpgradedPortal): object {
  const { metadataUrl, issuer, clientId, clientSecret } = idp;
  const relyingParty = { metadataUrl, issuer, clientId, clientSecret, signIn: byEmail };
  return {
    app: { baseUrl },
    backend: { baseUrl, listen: { host: '127.0.0.1', port }, database },
    fileCatalog: { path: join(portal.directory, 'catalog.yaml') },
    auth: {
      environment,
      ...(sessionSecret !== undefined && { session: { secret: sessionSecret } }),
      experimentalDynamicClientRegistration: { enabled: true },
      experimentalRefreshToken: { enabled: true },
      providers: {
        guest: { userEntityRef: 'user:default/visitor', dangerouslyAllowOutsideDevelopment: true },
        oidc: { [environment]: { ...relyingParty, additionalScopes: ['offline_access'] } },
        // Without offline_access there is no refresh token, and the session ends with its access token.
        partners: { type: 'oidc', [environment]: relyingParty },
        github: {
          [environment]: {
            ...gitHubClient,
            enterpriseInstanceUrl: gitHubUrl,
            additionalScopes: ['user:email'],
            signIn: byEmail,
          },
        },
        vendor: { [environment]: { clientId: 'portal' } },
      },
    },
  };
}

/** Writes config and catalog. @returns the config file. */
export async function writePortal(portal: UpgradedPortal): Promise<string> {
  const configFile = join(portal.directory, 'app-config.yaml');
  await writeFile(join(portal.directory, 'catalog.yaml'), catalog);
  await writeFile(configFile, JSON.stringify(configOf(portal), undefined, 2));
  return configFile;
}

export function createPortalBackend(configFile: string) {
  const backend = createDefaultBackend({ configFiles: [configFile] });
  backend.add(vendorModule);
  return backend;
}
