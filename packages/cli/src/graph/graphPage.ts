/**
 * A backend as one HTML page for a browser. It asks nothing of the network and runs no script, so its content security policy
 * allows its own stylesheet alone. What leads from one part to another are links.
 */
import { createHash } from 'node:crypto';
import { Html, markup } from '@vestibule/backend-plugin-api';
import type { ExplainedInstance, ExplainedPart, ExplanationData } from '@vestibule/backend-core';
import { graphStyle } from '../graphStyle.ts';
import type { Section } from './section.ts';
import { timelineSection } from './timelineSection.ts';

/** More users than that are folded. */
const longList = 8;

/** The page. */
export function graphPage(data: ExplanationData): string {
  const style = graphStyle();
  const hash = createHash('sha256').update(style).digest('base64');
  const placeOf = placesOn(data);
  const sections = [
    problemsSection(data),
    pluginsSection(data, placeOf),
    timelineSection(data.timings),
    pointsSection(data, placeOf),
    servicesSection(data, placeOf),
    decoratorsSection(data, placeOf),
  ].filter((section) => section !== undefined);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${new Html(hash)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${summary(data)}</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<h1>Backend graph</h1>
<p>${summary(data)}</p>
<nav aria-label="Sections"><ul>
${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>\n`)}</ul></nav>
</header>
<main>
${sections.map(
  ({ id, title, body }) => markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`,
)}</main>
</body>
</html>
`.toString();
}

function summary({ parts, services, timings, extensionPoints, problems }: ExplanationData): string {
  const modules = parts.filter(({ moduleId }) => moduleId !== undefined).length;
  const made = services.filter(({ instances }) => instances.length > 0).length;
  const end = Math.max(0, ...timings.map(({ startedAt = 0, milliseconds = 0 }) => startedAt + milliseconds));
  return [
    counted(parts.length - modules, 'plugin'),
    counted(modules, 'module'),
    counted(extensionPoints.length, 'extension point'),
    `${counted(services.length, 'service')}, ${made} of them made`,
    `${Math.round(end)} ms`,
    ...(problems.length > 0 ? [counted(problems.length, 'problem')] : []),
  ].join(' · ');
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function problemsSection({ problems }: ExplanationData): Section | undefined {
  if (problems.length === 0) return undefined;
  const items = problems.map(
    ({ code, message }) => markup`<li><code>${code}</code> <span>${message}</span></li>\n`,
  );
  return { id: 'problems', title: 'Problems', body: markup`<ul class="problems">\n${items}</ul>` };
}

function pluginsSection(data: ExplanationData, placeOf: PlaceOf): Section {
  const pluginIds = [...new Set(data.parts.map(({ pluginId }) => pluginId))];
  const longest = Math.max(1, ...data.parts.map((part) => timeOf(part, data) ?? 0));
  const cards = pluginIds.map((pluginId, index) => {
    const own = data.parts.filter((part) => part.pluginId === pluginId);
    // Modules run before their plugin.
    const rows = [
      ...own.filter(({ moduleId }) => moduleId !== undefined),
      ...own.filter(({ moduleId }) => moduleId === undefined),
    ];
    return markup`<article aria-labelledby="plugin-${index}">
<h3 id="plugin-${index}">${pluginId} <small>${counted(own.length - 1, 'module')}</small></h3>
${table(
  ['Module', 'Offers', 'Needs', 'Took'],
  rows.map((part) => [
    markup`<span id="part-${data.parts.indexOf(part)}">${part.moduleId ?? markup`<strong>the plugin itself</strong>`}</span>`,
    list(part.offers, placeOf),
    list(part.dependsOn, placeOf),
    part.failure === undefined
      ? took(timeOf(part, data), longest)
      : markup`<strong class="failed">${part.failure}</strong>`,
  ]),
  `Plugin ${pluginId}`,
)}
</article>
`;
  });
  return { id: 'plugins', title: 'Plugins and their modules', body: markup`${cards}` };
}

function pointsSection({ extensionPoints }: ExplanationData, placeOf: PlaceOf): Section | undefined {
  if (extensionPoints.length === 0) return undefined;
  const rows = extensionPoints.map(({ id, offeredBy, usedBy }, index) => [
    markup`<span id="point-${index}">${id}</span>`,
    list([offeredBy], placeOf),
    users(usedBy, placeOf),
  ]);
  return {
    id: 'points',
    title: 'Extension points',
    body: table(['Extension point', 'Offered by', 'Used by'], rows, 'Extension points'),
  };
}

function servicesSection({ services, decorators }: ExplanationData, placeOf: PlaceOf): Section {
  const rows = services.map((service, index) => {
    const { id, scope, multiton, providedBy, dependsOn, usedBy, instances, notMade } = service;
    const names = decorators.filter((one) => one.service === id).map(({ name, from }) => name ?? from);
    return [
      markup`<span id="service-${index}">${id}</span><br><small>${scope}${multiton && ', list'}, ${providedBy}</small>${names.length > 0 && markup`<br><small>decorated by ${names.join(', then ')}</small>`}`,
      list(dependsOn, placeOf),
      users(usedBy, placeOf),
      notMade === undefined ? made(instances) : markup`<small>${notMade}</small>`,
    ];
  });
  return {
    id: 'services',
    title: 'Services',
    body: table(['Service', 'Needs', 'Used by', 'Made'], rows, 'Services'),
  };
}

function decoratorsSection({ decorators }: ExplanationData, placeOf: PlaceOf): Section | undefined {
  if (decorators.length === 0) return undefined;
  const rows = decorators.map(({ service, name, from, dependsOn, instances }) => [
    markup`${name ?? 'without a name'} <small>${from}</small>`,
    list([service], placeOf),
    list(dependsOn, placeOf),
    made(instances),
  ]);
  return {
    id: 'decorators',
    title: 'Decorators, the innermost of a service first',
    body: table(['Decorator', 'Decorates', 'Needs', 'Made'], rows, 'Decorators'),
  };
}

/** The place of the page that tells of an id, or of a label such as `plugin 'auth'`, where it has one. */
type PlaceOf = (name: string) => string | undefined;

function placesOn({ parts, services, extensionPoints }: ExplanationData): PlaceOf {
  const places = new Map<string, string>();
  parts.forEach((part, index) => places.set(partLabel(part), `part-${index}`));
  services.forEach(({ id }, index) => {
    // Of a list the first provider counts.
    for (const name of [id, `service '${id}'`]) places.set(name, places.get(name) ?? `service-${index}`);
  });
  extensionPoints.forEach(({ id }, index) => places.set(id, `point-${index}`));
  return (name) => places.get(name);
}

function partLabel({ pluginId, moduleId }: ExplainedPart): string {
  return moduleId === undefined ? `plugin '${pluginId}'` : `module '${moduleId}' of plugin '${pluginId}'`;
}

function list(names: readonly string[], placeOf: PlaceOf): Html {
  if (names.length === 0) return markup`<span class="none">none</span>`;
  const items = names.map((name) => {
    const place = placeOf(name);
    const kind = place?.startsWith('point-') ? markup` class="point"` : undefined;
    const label = shortLabel(name);
    return markup`<li${kind}>${place === undefined ? label : markup`<a href="#${place}">${label}</a>`}</li>`;
  });
  return markup`<ul class="names">${items}</ul>`;
}

/** The same, folded where it is long: what nearly everything uses would fill the page. */
function users(names: readonly string[], placeOf: PlaceOf): Html {
  const all = list(names, placeOf);
  if (names.length <= longList) return all;
  return markup`<details><summary>${names.length} users</summary>${all}</details>`;
}

/** `service 'core.auth'` is known by its dots, and `module 'web' of plugin 'auth'` is long where there are many. */
function shortLabel(name: string): string {
  const [, service] = /^service '(.+)'$/.exec(name) ?? [];
  const [, moduleId, pluginId] = /^module '(.+)' of plugin '(.+)'$/.exec(name) ?? [];
  return service ?? (moduleId === undefined ? name : `${pluginId} / ${moduleId}`);
}

function made(instances: readonly ExplainedInstance[]): Html {
  const items = instances.map(
    ({ pluginId, state, milliseconds }) =>
      markup`<li>${pluginId !== undefined && `for ${pluginId}: `}${state === 'done' ? `${milliseconds ?? 0} ms` : state}</li>`,
  );
  return items.length === 0
    ? markup`<span class="none">not made</span>`
    : markup`<ul class="made">${items}</ul>`;
}

function took(milliseconds: number | undefined, longest: number): Html {
  if (milliseconds === undefined) return markup`<span class="none">not run</span>`;
  return markup`${milliseconds} ms <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="${percent(milliseconds, longest)}" height="4"/></svg>`;
}

function percent(part: number, whole: number): number {
  return Math.max(0.5, Math.round((1000 * part) / whole) / 10);
}

function timeOf(part: ExplainedPart, { timings }: ExplanationData): number | undefined {
  return timings.find(({ label }) => label === partLabel(part))?.milliseconds;
}

/** Wide ones scroll by themselves, with the keyboard, too. */
function table(heads: readonly string[], rows: readonly (readonly Html[])[], name: string): Html {
  return markup`<div class="wide" tabindex="0" role="group" aria-label="${name}"><table>
<thead><tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([first, ...cells]) =>
    markup`<tr><th scope="row">${first}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`,
)}</tbody>
</table></div>`;
}
