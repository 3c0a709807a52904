/**
 * Two replicas on one PostgreSQL, as processes of their own: two instances of one provider type, GitHub behind a gate, and
 * an operator's shell beside them.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpBrowser, testDatabases } from '@vestibule/backend-test-utils';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import { startEmulatedGitHub, type EmulatedVendor } from '@vestibule/emulated-vendors';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { portalConfig, reachCallback, readPopup, refresh, secrets } from './testing/portal.ts';
import {
  endProcesses,
  freePort,
  runScript,
  runVestibule,
  type RunningProcess,
} from './testing/vestibuleProcess.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

/** Laid over the config of a portal, which has an instance of oidc already. */
const moreProviders = (partners: DevIdpServer, github: EmulatedVendor) => `
auth:
  allow: { domains: [example.com] }
  providers:
    partners:
      type: oidc
      title: Partners
      production:
        metadataUrl: ${partners.metadataUrl}
        clientId: portal
        clientSecret: \${AUTH_OIDC_CLIENT_SECRET}
        additionalScopes: [offline_access]
        signIn: { resolvers: [{ resolver: emailMatchingUserEntityProfileEmail }] }
    github:
      production:
        enterpriseInstanceUrl: ${github.url}
        clientId: portal
        clientSecret: \${AUTH_OIDC_CLIENT_SECRET}
        additionalScopes: ['user:email']
        allow: { githubOrganizations: [acme] }
        signIn: { resolvers: [{ resolver: emailMatchingUserEntityProfileEmail }] }
`;

for (const { config: database } of databases.filter(({ name }) => name === 'PostgreSQL')) {
  describe('two replicas on one PostgreSQL', () => {
    const sessions = new Map<string, HttpBrowser>();
    const secret = new Set<string>(Object.values(secrets));
    let directory: string;
    let bases: string[];
    let replicas: RunningProcess[];
    let vendors: Record<string, DevIdpServer | EmulatedVendor>;
    let reference: string;

    const environment = { NODE_ENV: 'production', AUTH_OIDC_CLIENT_SECRET: secrets.client };
    const configs = (replica: number) => ['--config', `replica${replica}.yaml`, '--config', 'more.yaml'];
    const start = async (replica: number): Promise<RunningProcess> => {
      const running = runVestibule(['start', ...configs(replica)], { directory, environment });
      await running.printed('Vestibule is ready');
      return running;
    };
    /** A URL as the replica itself is reached, past what spreads requests over both. */
    const at = (replica: number, url: string) => url.replace(bases[0] ?? '', bases[replica] ?? '');
    const callback = async (browser: HttpBrowser, provider: string, as = 'jane') => {
      const vendor = vendors[provider];
      if (!vendor) throw new Error(`there is no vendor '${provider}'`);
      return reachCallback(browser, bases[0] ?? '', vendor, as, provider);
    };

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'vestibule-replicas-'));
      const ports = [await freePort(), await freePort()] as const;
      bases = ports.map((port) => `http://localhost:${port}/api/auth`);
      const clients = (provider: string) => [
        {
          clientId: 'portal',
          clientSecret: secrets.client,
          redirectUris: [`${bases[0]}/${provider}/handler/frame`],
        },
      ];
      const oidc = await startDevIdp({ clients: clients('oidc') });
      const partners = await startDevIdp({ clients: clients('partners') });
      const github = await startEmulatedGitHub({
        clients: clients('github'),
        organizations: { acme: { members: ['jane'] } },
      });
      vendors = { oidc, partners, github };
      const catalog = runScript(new URL('testing/catalogServer.ts', import.meta.url), [bases[0] ?? '']);
      await catalog.printed('"url"');
      const { url: catalogUrl } = JSON.parse(catalog.output.stdout) as { url: string };
      await writeFile(join(directory, 'more.yaml'), moreProviders(partners, github));
      for (const [replica, listenPort] of ports.entries()) {
        const options = { port: ports[0], listenPort, database, idp: oidc, catalogUrl };
        await writeFile(join(directory, `replica${replica}.yaml`), portalConfig(options));
      }
      replicas = await Promise.all([start(0), start(1)]);
    });

    afterAll(async () => {
      await endProcesses();
      await Promise.all(Object.values(vendors).map(async (vendor) => vendor.stop()));
      await rm(directory, { recursive: true });
    });

    it.each(['oidc', 'partners', 'github'])(
      "end at one the sign-in with '%s' that began at the other, and both refresh it",
      async (provider) => {
        const browser = new HttpBrowser();
        const url = await callback(browser, provider);
        const { response } = readPopup(await browser.send(at(1, url)));
        expect(response.backstageIdentity.identity.userEntityRef).toBe('user:default/jane');
        for (const base of bases) expect((await refresh(browser, base, provider)).status).toBe(200);
        sessions.set(provider, browser);

        const { token } = response.backstageIdentity;
        const { accessToken = token, idToken = token } = response.providerInfo;
        for (const value of [token, accessToken, idToken]) secret.add(value);
        for (const name of ['code', 'state']) secret.add(new URL(url).searchParams.get(name) ?? '');
        for (const { value } of browser.cookies.values()) secret.add(value);
      },
    );

    it('keep the callback of one instance from the other', async () => {
      const browser = new HttpBrowser();
      const url = await callback(browser, 'oidc');
      const { text, setCookies } = await browser.send(url.replace('/oidc/', '/partners/'));
      expect(text).toContain('ERR_AUTH_STATE_MISMATCH');
      expect(setCookies.join()).not.toContain('refresh-token=');
    });

    it('refuse whom a gate does not let in, which a third process explains from the config of the other', async () => {
      const browser = new HttpBrowser();
      const { text, setCookies } = await browser.send(at(1, await callback(browser, 'github', 'omar')));
      [, reference = ''] = /reference ([0-9a-f]{10})/.exec(text) ?? [];
      expect(text).not.toContain('backstageIdentity');
      expect(text).not.toContain('allow.githubOrganizations');
      expect(setCookies.join()).not.toContain('refresh-token=');

      const explain = ['explain', reference, ...configs(0)];
      const { code, stdout, stderr } = await runVestibule(explain, { directory, environment }).ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(
        `
├─ gates
│  ├─ auth.allow.domains  let in
│  └─ auth.providers.github.production.allow.githubOrganizations  refused (ERR_GATE_GITHUB_ORGANIZATION)
`,
      );
    });

    it('tell nobody else of it, on no route', async () => {
      for (const base of bases) {
        expect((await fetch(`${base}/v1/decisions/${reference}`)).status).toBe(404);
        const { origin } = new URL(base);
        expect((await fetch(`${origin}/auth-web/guests`)).status).toBe(404);
        expect(await (await fetch(origin)).text()).not.toContain('data-provider="guest"');
      }
    });

    it('keep all sessions when one is killed and started again', async () => {
      expect((await replicas[0]?.end('SIGKILL'))?.signal).toBe('SIGKILL');
      const killed = replicas[0]?.output.stdout ?? '';
      replicas[0] = await start(0);
      for (const [provider, browser] of sessions) {
        expect((await refresh(browser, bases[0] ?? '', provider)).status).toBe(200);
      }
      const ended = await Promise.all(replicas.map(async (replica) => replica.end('SIGTERM')));
      expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
        { code: 0, stderr: '' },
        { code: 0, stderr: '' },
      ]);

      const logs = [killed, ...ended.map(({ stdout }) => stdout)].join('');
      expect(logs).toContain('"ERR_GATE_GITHUB_ORGANIZATION"');
      expect(secret.size).toBeGreaterThan(12);
      for (const value of secret) expect(logs).not.toContain(value);
      expect(logs).not.toMatch(/(jane|omar)@example\.com/);
    });
  });
}
