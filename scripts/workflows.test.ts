/** The workflows of .github are held to what they name, and to what they may. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Step {
  id?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  uses?: string;
  needs?: string | string[];
  permissions?: Record<string, string>;
  outputs?: Record<string, string>;
  'timeout-minutes'?: number;
  services?: Record<string, { ports: string[] }>;
  steps?: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  concurrency: object;
  jobs: Record<string, Job>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const texts = Object.fromEntries(
  ['ci', 'release'].map((name) => [name, read(`.github/workflows/${name}.yml`)]),
);
const workflows = Object.fromEntries(
  Object.entries(texts).map(([name, text]) => [name, parse(text) as Workflow]),
);
const jobs = Object.entries(workflows).flatMap(([workflow, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => ({ workflow, name, job })),
);
const steps = jobs.flatMap(({ job }) => job.steps ?? []);

describe('the workflows', () => {
  it('take each action by the commit of a version that they name', () => {
    for (const text of Object.values(texts))
      for (const [line] of text.matchAll(/^.*\buses: .*$/gm))
        expect(line).toMatch(
          /uses: (?:\.\/\.github\/workflows\/\w+\.yml|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/,
        );
  });

  it('run npm scripts and files that there are', () => {
    const commands = steps
      .flatMap(({ run, with: { version } = {} }) => [run, version])
      .filter(Boolean)
      .join('\n');
    const named = [...commands.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named).toEqual(
      expect.arrayContaining(['version-packages', 'pack', 'release:publish', 'sbom', 'changelog']),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    const files = [...commands.matchAll(/(?:node|bash) ([\w.][\w./-]*)/g)].map(([, file = '']) => file);
    expect(files).toContain('.ci/run');
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('may read, and each job what it needs beyond that', () => {
    for (const { permissions } of Object.values(workflows)) expect(permissions).toEqual({ contents: 'read' });
    const beyond = jobs.filter(({ job }) => job.permissions).map(({ name, job }) => [name, job.permissions]);
    expect(beyond).toEqual([
      ['version', { contents: 'write', 'pull-requests': 'write' }],
      ['publish', { contents: 'write', 'id-token': 'write' }],
    ]);
    expect(texts['release']).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/);
  });

  it('install nothing where something can be published', () => {
    const publish = workflows['release']?.jobs['publish']?.steps ?? [];
    const commands = publish.map(({ run }) => run ?? '').join('\n');
    expect(commands).toContain('npm run release:publish');
    expect(commands).not.toMatch(/setup\.mjs|npm (?:ci|install)|npx/);
  });

  it('publish the tarballs of `npm run pack`, and never a folder', () => {
    const commandsOf = (job: string) =>
      (workflows['release']?.jobs[job]?.steps ?? []).flatMap(({ run }) => run ?? []).join('\n');
    expect(commandsOf('build')).toMatch(/^npm run pack$/m);
    expect(commandsOf('build')).not.toMatch(/npm pack/);
    const [handedOver] = steps.filter(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
    expect(handedOver?.with?.['path']).toBe('dist-packed');
    expect(scripts['pack']).toMatch(/node scripts\/pack\.mjs$/);
    expect(read('scripts/pack.mjs')).toContain('makePackedFolder(`${root}/dist-packed`)');
    expect(steps.map(({ run }) => run ?? '')).not.toContainEqual(expect.stringMatching(/npm publish/));
  });

  it('wait for jobs, outputs and artifacts that there are', () => {
    for (const { jobs } of Object.values(workflows))
      for (const job of Object.values(jobs)) {
        for (const needed of [job.needs ?? []].flat()) expect(Object.keys(jobs)).toContain(needed);
        for (const output of Object.values(job.outputs ?? {})) {
          const [, id] = /^\$\{\{ steps\.([\w-]+)\.outputs\.\w+ \}\}$/.exec(output) ?? [];
          expect(job.steps?.map((step) => step.id)).toContain(id);
        }
      }
    const artifact = (action: string) =>
      steps.filter(({ uses }) => uses?.startsWith(`actions/${action}@`)).map((step) => step.with?.['name']);
    expect(artifact('download-artifact')).toEqual(artifact('upload-artifact'));
    expect(texts['release']).toContain('needs.version.outputs.waiting');
  });

  it('end jobs that hang, and never two at the same release', () => {
    for (const { job } of jobs) expect(job.uses !== undefined || job['timeout-minutes']! > 0).toBe(true);
    for (const { concurrency } of Object.values(workflows)) expect(concurrency).toBeDefined();
  });

  it('have the servers where .ci/run asks for them', () => {
    const { services = {} } = workflows['ci']?.jobs['run'] ?? {};
    const asked = [...read('.ci/run').matchAll(/connect\((\d+), '127\.0\.0\.1'\)/g)].map(([, port]) => port);
    const offered = Object.values(services).flatMap(({ ports }) => ports);
    expect(offered).toEqual(asked.map((port) => `127.0.0.1:${port}:${port}`));
  });
});
