/** GitHub on loopback. */
import { demoPeople } from '@vestibule/dev-idp';
import type { EmulatedClient, EmulatedPerson, EmulatedVendor } from './emulatedVendor.ts';
import { startFront, type Front } from './front.ts';
import { walkLoginPage } from './loginPage.ts';

/** Who is in an organization, and in its teams. @public */
export interface EmulatedOrganization {
  /** Ids of people. */
  members: readonly string[];
  /** By slug, the ids of their members. A member of a team is a member of the organization. */
  teams?: Readonly<Record<string, readonly string[]>>;
}

/** Who signs in where. @public */
export interface StartEmulatedGitHubOptions {
  clients: readonly EmulatedClient[];
  /** Default: the people of `@vestibule/dev-idp`: `jane`, `omar`, `kim` and `sam`. */
  people?: readonly EmulatedPerson[];
  /** By login. Default: none. */
  organizations?: Readonly<Record<string, EmulatedOrganization>>;
}

/**
 * Starts GitHub as an Enterprise Server: the API is at `<url>/api/v3`, so that `enterpriseInstanceUrl` takes the URL.
 *
 * @example
 * ```ts
 * const gitHub = await startEmulatedGitHub({
 *   clients: [{ clientId: 'vestibule', clientSecret: 'a-client-secret', redirectUris: [callbackUrl] }],
 *   organizations: { acme: { members: ['jane'], teams: { platform: ['jane'] } } },
 * });
 * const callback = await gitHub.authorize(authorizationUrl, { as: 'jane' });
 * await gitHub.stop();
 * ```
 * @public
 */
export async function startEmulatedGitHub(options: StartEmulatedGitHubOptions): Promise<EmulatedVendor> {
  const { clients, people = demoPeople, organizations = {} } = options;
  const front = await startFront({
    service: 'github',
    apiPrefix: '/api/v3',
    unknownToken: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' },
    seed: {
      github: {
        users: people.map(({ id, name, email }) => ({ login: id, name, email })),
        orgs: Object.entries(organizations).map(([login, { members }]) => ({
          login,
          members: members.map((id) => ({ login: id })),
        })),
        oauth_apps: clients.map(({ clientId, clientSecret, redirectUris }) => ({
          client_id: clientId,
          client_secret: clientSecret,
          name: clientId,
          redirect_uris: redirectUris,
        })),
      },
    },
  });
  await createTeams(front, organizations).catch(async (error: unknown) => {
    await front.stop();
    throw error;
  });

  return {
    url: front.url,
    authorize: async (url, { as }) => walkLoginPage(url, { field: 'login', value: as }),
    async revoke(person) {
      for (const one of [...front.granted]) {
        const headers = { authorization: `Bearer ${one.accessToken}` };
        const user = (await (await fetch(`${front.emulatorUrl}/user`, { headers })).json()) as {
          login?: string;
        };
        if (user.login !== person) continue;
        for (const { clientId } of clients) {
          const path = `/settings/connections/applications/${encodeURIComponent(clientId)}/revoke`;
          await fetch(front.emulatorUrl + path, { method: 'POST', headers, redirect: 'manual' });
        }
        front.granted.splice(front.granted.indexOf(one), 1);
      }
    },
    requests: () => front.requests,
    resetRequests: () => void front.requests.splice(0),
    stop: front.stop,
  };
}

/** Through the emulator's own API, since its seed knows no teams. */
async function createTeams(
  { emulatorUrl }: Front,
  organizations: Readonly<Record<string, EmulatedOrganization>>,
): Promise<void> {
  for (const [login, { teams = {} }] of Object.entries(organizations)) {
    for (const [slug, members] of Object.entries(teams)) {
      const path = `/orgs/${encodeURIComponent(login)}/teams`;
      await prepare('POST', emulatorUrl + path, { name: slug });
      for (const id of members) {
        const membership = `${path}/${encodeURIComponent(slug)}/memberships/${encodeURIComponent(id)}`;
        await prepare('PUT', emulatorUrl + membership, { role: 'member' });
      }
    }
  }
}

async function prepare(method: string, url: string, body: object): Promise<void> {
  // Any token does: the emulator takes those that it does not know for its first user's.
  const headers = { authorization: 'Bearer preparing', 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`the emulator answered ${response.status} to ${method} ${url}`);
}
