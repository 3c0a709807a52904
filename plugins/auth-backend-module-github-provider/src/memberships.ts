/**
 * What gates want to know of an account: its organizations and teams. GitHub is asked only for what config lists; what it does
 * not say plainly is a no.
 */
import { asciiLowerCase } from '@vestibule/catalog-model';
import type { GateEvidence, GateQuestions } from '@vestibule/plugin-auth-node';
import type { GitHubAccount } from './account.ts';
import type { GitHubApi } from './githubApi.ts';

const maxPages = 10;
// https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#avoid-concurrent-requests, and
// one login must not keep the connections from the others.
const teamsAtOnce = 10;

/**
 * @param options - `mayAskOrganizations`: whether the token may; without it these questions stay unanswered.
 * @throws ProviderUnavailableError where GitHub cannot answer; a person is not refused for that.
 */
export async function gatherEvidence(options: {
  questions: GateQuestions;
  account: GitHubAccount;
  api: GitHubApi;
  mayAskOrganizations: boolean;
}): Promise<GateEvidence> {
  const { questions, account, api, mayAskOrganizations } = options;
  const { users, githubOrganizations, githubTeams } = questions;
  const [organizations, teams] = await Promise.all([
    githubOrganizations && mayAskOrganizations ? organizationsAmong(githubOrganizations, api) : undefined,
    githubTeams && mayAskOrganizations ? teamsAmong(githubTeams, account, api) : undefined,
  ]);
  return {
    // The id and never the login, which another person can take over: docs/decisions/25-github-logins-as-gates.md.
    ...(users && { users: [account.id] }),
    ...(organizations && { githubOrganizations: organizations }),
    ...(teams && { githubTeams: teams }),
  };
}

/** https://docs.github.com/en/rest/orgs/orgs#list-organizations-for-the-authenticated-user */
async function organizationsAmong(listed: readonly string[], api: GitHubApi): Promise<string[]> {
  const wanted = new Set(listed.map(asciiLowerCase));
  const found = new Set<string>();
  for (let page = 1; page <= maxPages; page += 1) {
    const { status, body, headers } = await api.get(`/user/orgs?per_page=100&page=${page}`);
    if (status !== 200) break;
    if (!Array.isArray(body)) throw api.unreadable('/user/orgs', 'the answer is no list');
    for (const one of body as (Record<string, unknown> | null)[]) {
      const { login } = one ?? {};
      if (typeof login === 'string' && wanted.has(asciiLowerCase(login))) found.add(asciiLowerCase(login));
    }
    // The header says that there is more; its address is not followed, since the token would go there.
    if (found.size === wanted.size || !/;\s*rel="?next"?/.test(headers['link'] ?? '')) break;
  }
  return [...found];
}

/**
 * One call for each listed team: it counts members of child teams, which the list of a person's teams does not.
 * https://docs.github.com/en/rest/teams/members#get-team-membership-for-a-user
 */
async function teamsAmong(
  listed: readonly string[],
  { login }: GitHubAccount,
  api: GitHubApi,
): Promise<string[]> {
  if (login === undefined) return [];
  const isMember = async (team: string): Promise<boolean> => {
    const [organization = '', slug = '', ...rest] = team.split('/');
    if (!isName(organization) || !isName(slug) || rest.length > 0) return false;
    const [org, name, member] = [organization, slug, login].map(encodeURIComponent);
    const path = `/orgs/${org}/teams/${name}/memberships/${member}`;
    const { status, body } = await api.get(path, { byName: true });
    const { state } = (body ?? {}) as { state?: unknown };
    return status === 200 && state === 'active';
  };
  const teams = [...new Set(listed.map(asciiLowerCase))];
  const found: string[] = [];
  for (let next = 0; next < teams.length; next += teamsAtOnce) {
    const some = teams.slice(next, next + teamsAtOnce);
    const answers = await Promise.all(some.map(isMember));
    found.push(...some.filter((_, index) => answers[index]));
  }
  return found;
}

/** Of an organization or the slug of a team; never `.` or `..`, which would be another path. */
function isName(text: string): boolean {
  return /^[\p{L}\p{N}_-][\p{L}\p{N}._-]{0,99}$/u.test(text);
}
