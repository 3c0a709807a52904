import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import type { GateEvidence, GateQuestions } from '@vestibule/plugin-auth-node';
import type { GitHubProvider } from './authenticator.ts';
import { startScriptedGitHub, type ScriptedGitHub } from './testing/scriptedGitHub.ts';
import { configuredProvider, refreshOf, signIn } from './testing/signIn.ts';

let gitHub: ScriptedGitHub;
let http: OutboundHttp;
let provider: GitHubProvider;

beforeAll(async () => {
  http = createOutboundHttp();
  gitHub = await startScriptedGitHub();
});
beforeEach(() => {
  provider = configuredProvider({ url: gitHub.url, http });
});
afterEach(() => gitHub.reset());
afterAll(async () => {
  await gitHub.close();
  await http.close();
});

async function evidenceOf(
  questions: GateQuestions,
  scopes = ['read:org'],
): Promise<GateEvidence | undefined> {
  const authorize = async (url: URL): Promise<URL> => gitHub.authorize(url);
  return (await signIn(provider, { scopes, authorize, changes: { questions } })).evidence;
}

const calls = (): string[] =>
  gitHub.requests.filter(({ endpoint }) => endpoint === 'orgs' || endpoint === 'team').map(({ url }) => url);

describe('evidence for gates', () => {
  it('is not gathered where nothing is asked', async () => {
    expect(await evidenceOf({})).toEqual({});
    expect(calls()).toEqual([]);
  });

  it('for users is the numeric id, never the login', async () => {
    expect(await evidenceOf({ users: ['jane', '583231'] })).toEqual({ users: ['583231'] });
    expect(calls()).toEqual([]);
  });

  it('for organizations is what of the list the account is in, in lower case', async () => {
    gitHub.organizations = ['Acme', 'private-matters'];
    expect(await evidenceOf({ githubOrganizations: ['ACME', 'other'] })).toEqual({
      githubOrganizations: ['acme'],
    });
  });

  it('for organizations reads page after page until it knows', async () => {
    gitHub.organizations = ['a', 'b', 'c', 'acme', 'd', 'e', 'f'];
    gitHub.organizationsPerPage = 2;
    expect(await evidenceOf({ githubOrganizations: ['acme'] })).toEqual({ githubOrganizations: ['acme'] });
    expect(calls()).toEqual([
      '/api/v3/user/orgs?per_page=100&page=1',
      '/api/v3/user/orgs?per_page=100&page=2',
    ]);
  });

  it('for organizations stops after ten pages', async () => {
    gitHub.organizations = Array.from({ length: 40 }, (_, index) => `org-${index}`);
    gitHub.organizationsPerPage = 2;
    expect(await evidenceOf({ githubOrganizations: ['org-39'] })).toEqual({ githubOrganizations: [] });
    expect(calls()).toHaveLength(10);
  });

  it('for teams is what of the list the account is in', async () => {
    gitHub.teams = ['acme/platform', 'acme/unlisted'];
    const githubTeams = ['Acme/Platform', 'acme/other'];
    expect(await evidenceOf({ githubTeams })).toEqual({ githubTeams: ['acme/platform'] });
    expect(calls().sort()).toEqual([
      '/api/v3/orgs/acme/teams/other/memberships/jane',
      '/api/v3/orgs/acme/teams/platform/memberships/jane',
    ]);
  });

  describe('for very many teams', () => {
    const githubTeams = Array.from({ length: 200 }, (_, index) => `acme/team-${index}`);

    it('asks for each, a few at once, so that other logins get through', async () => {
      gitHub.teams = ['acme/team-7', 'acme/team-199'];
      let [underWay, most] = [0, 0];
      const counting: OutboundHttp = {
        ...http,
        async request(request) {
          underWay += 1;
          most = Math.max(most, underWay);
          return http.request(request).finally(() => void (underWay -= 1));
        },
      };
      provider = configuredProvider({ url: gitHub.url, http: counting });
      expect(await evidenceOf({ githubTeams })).toEqual({ githubTeams: ['acme/team-7', 'acme/team-199'] });
      expect(calls()).toHaveLength(200);
      expect(most).toBeLessThanOrEqual(10);
    });

    it('asks no further when GitHub fails', async () => {
      gitHub.scripts.team = () => ({ status: 503, body: {} });
      await expect(evidenceOf({ githubTeams })).rejects.toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
      expect(calls().length).toBeLessThanOrEqual(10);
    });
  });

  it('does not count an invitation to a team', async () => {
    gitHub.teams = ['acme/platform'];
    gitHub.scripts.team = (honest) => ({ ...honest, body: { state: 'pending' } });
    expect(await evidenceOf({ githubTeams: ['acme/platform'] })).toEqual({ githubTeams: [] });
  });

  it('is none without the scope read:org, and GitHub is not asked', async () => {
    gitHub.organizations = ['acme'];
    gitHub.teams = ['acme/platform'];
    const questions = { githubOrganizations: ['acme'], githubTeams: ['acme/platform'] };
    expect(await evidenceOf(questions, [])).toEqual({});
    expect(calls()).toEqual([]);
  });

  it('is a no where the organization keeps third-party applications out', async () => {
    const closed = () => ({ status: 403, body: { message: 'OAuth App access restrictions' } });
    Object.assign(gitHub.scripts, { orgs: closed, team: closed });
    const questions = { githubOrganizations: ['acme'], githubTeams: ['acme/platform'] };
    expect(await evidenceOf(questions)).toEqual({ githubOrganizations: [], githubTeams: [] });
  });

  it('is asked again at a refresh', async () => {
    gitHub.organizations = ['acme'];
    const authorize = async (url: URL): Promise<URL> => gitHub.authorize(url);
    const grant = await signIn(provider, { scopes: ['read:org'], authorize });
    const questions = { githubOrganizations: ['acme'] };
    expect((await provider.refresh(refreshOf(grant, { questions }))).evidence).toEqual({
      githubOrganizations: ['acme'],
    });
    gitHub.organizations = [];
    expect((await provider.refresh(refreshOf(grant, { questions }))).evidence).toEqual({
      githubOrganizations: [],
    });
  });

  it.each(['orgs', 'team'] as const)('is no refusal where GitHub fails at %s', async (endpoint) => {
    const questions = { githubOrganizations: ['acme'], githubTeams: ['acme/platform'] };
    for (const [code, answer] of [
      ['ERR_PROVIDER_UNAVAILABLE', { status: 500, body: {} }],
      ['ERR_PROVIDER_ANSWER_UNREADABLE', { status: 200, body: '<html>' }],
      [
        'ERR_PROVIDER_UNAVAILABLE',
        { status: 403, headers: { 'x-ratelimit-remaining': '0' }, body: { message: 'x' } },
      ],
    ] as const) {
      gitHub.scripts[endpoint] = () => answer;
      await expect(evidenceOf(questions)).rejects.toMatchObject({ code });
    }
  });
});
