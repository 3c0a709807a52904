/** What configs of real installations hold that is not ours, as the command meets it: what it says, and what it serves. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endProcesses, freePort, runVestibule } from './testing/vestibuleProcess.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-field-'));
});

afterAll(async () => {
  await endProcesses();
  await rm(directory, { recursive: true });
});

async function start(name: string, config: string, environment: Record<string, string> = {}) {
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const backend = `  baseUrl: ${base}\n  listen: { host: 127.0.0.1, port: ${port} }\n  database: { client: better-sqlite3, connection: ':memory:' }\n`;
  await writeFile(join(directory, name), config.replace('backend:\n', `backend:\n${backend}`));
  const command = runVestibule(['start', '--config', name], { directory, environment });
  return { command, base };
}

const lines = (output: string) =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { level: string; message: string });

describe('a config of an installation', () => {
  it('with keys of its plugins, old keys of a provider and booleans from the environment starts; each is told once, with its place', async () => {
    const { command, base } = await start(
      'foreign.yaml',
      `
backend:
  request:
    bodyLimit: 10mb
  fetchApi:
    forwardAuth: [http://127.0.0.1:9]
auth:
  enableAuthProviders: [github, guest]
  allowGuestAccess: true
  omitIdentityTokenOwnershipClaim: "off"
  providers:
    guest:
      dangerouslyAllowOutsideDevelopment: \${ALLOW}
    github:
      development:
        clientId: \${CLIENT_ID}
        clientSecret: \${CLIENT_SECRET}
        scope: [read:user, user:email]
        ssl: true
        params: { allow_signup: 'false' }
`,
      {
        ALLOW: 'Yes',
        CLIENT_ID: 'portal',
        CLIENT_SECRET: 'k2Jm-client-secret-of-github-7Qx',
        NODE_ENV: 'production',
        APP_CONFIG_auth_session_secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5',
      },
    );
    await command.printed('Listening on');
    const answer = await fetch(`${base}/api/auth/guest/refresh`, {
      headers: { 'x-requested-with': 'XMLHttpRequest' },
    });
    expect(answer.status).toBe(200);
    const github = await fetch(`${base}/api/auth/github/start?env=development`, { redirect: 'manual' });
    expect(github.status).toBe(302);
    const { stdout } = await command.end('SIGTERM');
    const warnings = lines(stdout).flatMap(({ level, message }) => (level === 'warn' ? message : []));
    const left = 'is no key of ours, and is left to whoever reads it';
    const of = (key: string) => warnings.filter((message) => message.startsWith(`${key} `));
    const block = 'auth.providers.github.development';
    expect(of('backend.request')).toEqual([`backend.request ${left} (foreign.yaml:6:3)`]);
    expect(of('backend.fetchApi')).toEqual([`backend.fetchApi ${left} (foreign.yaml:8:3)`]);
    expect(of('auth.enableAuthProviders')).toEqual([`auth.enableAuthProviders ${left} (foreign.yaml:11:3)`]);
    expect(of('auth.allowGuestAccess')).toEqual([`auth.allowGuestAccess ${left} (foreign.yaml:12:3)`]);
    expect(of(`${block}.scope`)).toEqual([
      `${block}.scope has no effect: another key has replaced it (foreign.yaml:21:9). Write 'additionalScopes' instead.`,
    ]);
    expect(of(`${block}.ssl`)).toEqual([`${block}.ssl ${left} (foreign.yaml:22:9)`]);
    expect(of(`${block}.params`)).toEqual([`${block}.params ${left} (foreign.yaml:23:9)`]);
    expect(of('auth.providers.guest.dangerouslyAllowOutsideDevelopment')).toHaveLength(0);
    expect(lines(stdout).filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('whose only provider is of code is refused, with the provider, its place and the next step', async () => {
    const { command } = await start(
      'code.yaml',
      `
backend:
auth:
  providers:
    keycloak-oidc:
      development:
        metadataUrl: https://sso.acme.example/realms/acme/.well-known/openid-configuration
        clientId: portal
        clientSecret: \${CLIENT_SECRET}
    azure:
      development: { clientId: x, clientSecret: y, tenantId: z }
`,
      { CLIENT_SECRET: 'k2Jm-client-secret-of-code-7Qx' },
    );
    const { code, stdout, stderr } = await command.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('nobody can sign in: no sign-in provider can be used');
    expect(stderr).toContain("no module provides 'keycloak-oidc' (code.yaml:8:5)");
    expect(stderr).toContain("write 'type: oidc' in the block");
    expect(stderr).toContain("no module provides 'azure' (code.yaml:13:5)");
    expect(stderr).toContain("It is called 'microsoft' today");
    expect(stdout + stderr).not.toContain('k2Jm-client-secret-of-code-7Qx');
  });

  it('that is misspelt where it protects is refused, all at once, and so is a text that is no boolean, by its variable', async () => {
    const { command } = await start(
      'misspelt.yaml',
      `
backend:
  lissten: 7
auth:
  alow: { domains: [acme.example] }
  allowedOrganisations: [acme]
  signIn: { onMising: deny }
  experimentalRefreshToken: { enabled: "\${REFRESH}" }
  providers:
    guest:
      dangerouslyAllowOutsideDevelopment: \${ALLOW}
    github:
      development: { clientId: x, clientSecret: y, allowedDomians: [acme.example] }
`,
      { ALLOW: 'perhaps', REFRESH: 'maybe' },
    );
    const { code, stderr } = await command.ended;
    expect(code).toBe(1);
    for (const said of [
      'backend.lissten is not a known key (misspelt.yaml:6:3)',
      'auth.alow is not a known key (misspelt.yaml:8:3)',
      'auth.allowedOrganisations is not a known key (misspelt.yaml:9:3)',
      'auth.signIn.onMising is not a known key (misspelt.yaml:10:13)',
      "auth.experimentalRefreshToken.enabled must be true or false: the environment variable REFRESH holds 'maybe' (misspelt.yaml:11:",
    ]) {
      expect(stderr).toContain(said);
    }
  });

  it('with a kind of connection that is not offered, or a root of ours that is misspelt within, is refused', async () => {
    await writeFile(
      join(directory, 'cloud.yaml'),
      'app: { baseURL: https://portal.acme.example, branding: {} }\nbackend:\n  database: { client: pg, connection: { type: azure } }\nauth: { providers: { guest: {} } }\n',
    );
    const { code, stderr } = await runVestibule(['start', '--config', 'cloud.yaml'], {
      directory,
      environment: {},
    }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain("backend.database.connection.type must be 'default'");
    expect(stderr).toContain('app.baseURL is not a known key (cloud.yaml:1:8)');
    expect(stderr).toContain('2 problems');
  });

  it('with faults in each provider names the variable that holds no boolean', async () => {
    const { command } = await start(
      'perhaps.yaml',
      'backend:\nauth:\n  providers:\n    guest:\n      dangerouslyAllowOutsideDevelopment: ${ALLOW}\n',
      { ALLOW: 'perhaps' },
    );
    const { code, stderr } = await command.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(
      "auth.providers.guest.dangerouslyAllowOutsideDevelopment must be true or false: the environment variable ALLOW holds 'perhaps' (perhaps.yaml:8:43)",
    );
  });

  it('whose secrets are words that are keys, ids and parts of addresses too keeps these readable, and the secrets out', async () => {
    const config = `
backend:
  auth:
    keys:
      - secret: development
    externalAccess:
      - type: static
        options: { token: swordfish, subject: portal }
auth:
  environment: development
  session: { secret: localhost }
  providers:
    guest: {}
    github:
      development:
        clientId: \${CLIENT_ID}
        clientSecret: \${CLIENT_SECRET}
        ssl: true
`;
    const { command, base } = await start('words.yaml', config, {
      CLIENT_ID: 'portal',
      CLIENT_SECRET: 'github',
    });
    await command.printed('Listening on');
    await fetch(`${base}/api/auth/github/handler/frame?error=swordfish&state=x`);
    const { stdout, stderr } = await command.end('SIGTERM');
    expect(stdout).toContain('auth.providers.github.development.ssl is no key of ours');
    expect(stdout).toContain('sign-in provider github (development): ');
    expect(stdout).toContain(`callback URL: ${base}/api/auth/github/handler/frame`);
    expect(stdout).toContain(`Listening on http://127.0.0.1:${new URL(base).port}`);
    expect(stdout + stderr).not.toContain('swordfish');

    const migrate = runVestibule(['migrate', 'words.yaml'], { directory, environment: {} });
    const report = await migrate.ended;
    expect(report.stdout).toContain('auth.providers.github.development.clientId');
    expect(report.stdout).toContain('auth.providers.github.development.ssl');
    expect(report.stdout).not.toContain('redacted');
    expect(report.stdout + report.stderr).not.toContain('swordfish');
  });
});
