import { createSpecializedBackend, type Backend } from '@vestibule/backend-core';
import {
  createBackendModule,
  createBackendPlugin,
  createExtensionPoint,
  createServiceDecorator,
  createServiceFactory,
  createServiceRef,
} from '@vestibule/backend-plugin-api';
import { afterEach, describe, expect, it } from '@jest/globals';
import { formatGraph } from './formatGraph.ts';

const directory = createServiceRef<string>({ id: 'acme.directory' });
const clock = createServiceRef<string>({ id: 'acme.clock', scope: 'root' });
const greeters = createExtensionPoint<object>({ id: 'hello.greeters' });

const features = () => [
  createServiceFactory({ service: clock, deps: {}, factory: () => '' }),
  createServiceFactory({ service: directory, deps: { clock }, factory: () => '' }),
  createServiceDecorator({ service: directory, name: 'cache', deps: { clock }, decorate: (inner) => inner }),
  createBackendPlugin({
    pluginId: 'hello',
    register({ registerExtensionPoint, registerInit }) {
      registerExtensionPoint(greeters, {});
      registerInit({ deps: { directory }, init: () => {} });
    },
  }),
  createBackendModule({
    pluginId: 'hello',
    moduleId: 'french',
    register: ({ registerInit }) => registerInit({ deps: { greeters, clock }, init: () => {} }),
  }),
];

const backends: Backend[] = [];

afterEach(async () => {
  await Promise.all(backends.splice(0).map((backend) => backend.stop()));
});

async function explanationOf(added: ReturnType<typeof features>) {
  const backend = createSpecializedBackend({ defaultServiceFactories: [] });
  backends.push(backend);
  for (const feature of added) backend.add(feature);
  await backend.start().catch(() => {});
  return backend.explain();
}

describe('formatGraph', () => {
  it('prints the tree of explain(), and its data', async () => {
    const explanation = await explanationOf(features());
    expect(formatGraph(explanation, 'text')).toBe(`${explanation.toString()}\n`);
    expect(JSON.parse(formatGraph(explanation, 'json'))).toEqual(explanation.json);
  });

  it('draws a Mermaid flowchart: boxes of plugins, and arrows from who needs to what is needed', async () => {
    const { json, ...rest } = await explanationOf(features());
    const services = json.services.filter(({ providedBy }) => providedBy !== 'built in');
    const flowchart = formatGraph({ ...rest, json: { ...json, services } }, 'mermaid');
    expect(flowchart.split('\n')).toEqual([
      'flowchart LR',
      '  subgraph plugin0["hello"]',
      '    part0["init"]',
      '    part1["french"]',
      '    point0{{"hello.greeters"}}',
      '  end',
      '  service0(["acme.clock"])',
      '  service1(["acme.directory"])',
      '  service1 --> service0',
      '  decorator0[/"cache"/]',
      '  decorator0 -. decorates .-> service1',
      '  decorator0 --> service0',
      '  point0 --- part0',
      '  part0 --> service1',
      '  part1 --> point0',
      '  part1 --> service0',
      '',
    ]);
  });

  it('writes one page that asks nothing of the network and allows its own stylesheet alone', async () => {
    const page = formatGraph(await explanationOf(features()), 'html');
    expect(page).toMatch(
      /^<!doctype html>[^]*content="default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'"/,
    );
    expect(page).not.toMatch(/<script|\bon\w+=|style=|src=|https?:|url\(|@import/);
    const targets = [...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target ?? '');
    expect(targets.length).toBeGreaterThan(10);
    for (const target of targets) expect(page).toContain(`id="${target.slice(1)}"`);
    expect(page).toContain('decorated by cache');
  });

  it('tells of a start that failed', async () => {
    const bad = createServiceDecorator({
      service: directory,
      deps: {},
      decorate: () => {
        throw new Error('on purpose');
      },
    });
    const page = formatGraph(await explanationOf([...features(), bad]), 'html');
    expect(page).toMatch(
      /ERR_SERVICE_DECORATOR_FAILED<\/code> <span>decorator of service .* failed: on purpose/,
    );
    expect(page).toContain('<strong class="failed">ERR_SERVICE_DECORATOR_FAILED</strong>');
  });

  it('is no way to bring code into a page or a flowchart, whatever something is called', async () => {
    const evil = `"]</title></style><script>alert(1)</script><img src=x onerror=alert(1)>\n--> x`;
    const evilRef = createServiceRef<string>({ id: evil });
    const explanation = await explanationOf([
      createServiceFactory({ service: evilRef, deps: {}, factory: () => '' }),
      createServiceDecorator({ service: evilRef, name: evil, deps: {}, decorate: (inner) => inner }),
      createBackendPlugin({
        pluginId: 'hello',
        register({ registerExtensionPoint, registerInit }) {
          registerExtensionPoint(createExtensionPoint<object>({ id: evil }), {});
          registerInit({
            deps: { evilRef },
            init: () => {
              throw new Error(evil);
            },
          });
        },
      }),
    ]);
    const page = formatGraph(explanation, 'html');
    expect(page).not.toMatch(/<script|<img/);
    expect(page.match(/<\/(title|style)>/g)).toHaveLength(2);
    const flowchart = formatGraph(explanation, 'mermaid');
    expect(flowchart).not.toMatch(/<|x onerror=/);
    expect(flowchart).toContain('decorator0[/"#34;#93;#60;/title');
  });
});
