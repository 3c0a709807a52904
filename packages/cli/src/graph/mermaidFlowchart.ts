/**
 * A backend as a Mermaid flowchart: arrows lead from who needs to what is needed. What belongs to a plugin stands in its box;
 * services stand outside.
 */
import type { ExplanationData } from '@vestibule/backend-core';

/** The text of the flowchart. */
export function mermaidFlowchart(data: ExplanationData): string {
  const { parts, services, decorators, extensionPoints } = data;
  const serviceIds = [
    ...new Set([...services.map(({ id }) => id), ...decorators.map(({ service }) => service)]),
  ];
  const nodeOf = new Map<string, string>();
  serviceIds.forEach((id, index) => nodeOf.set(id, `service${index}`));
  extensionPoints.forEach(({ id }, index) => nodeOf.set(id, `point${index}`));
  const nodes = (ids: readonly string[]) => [...new Set(ids)].flatMap((id) => nodeOf.get(id) ?? []);

  const boxes = [...new Set(parts.map(({ pluginId }) => pluginId))].flatMap((pluginId, index) => {
    const own = parts.filter((part) => part.pluginId === pluginId);
    return [
      `  subgraph plugin${index}["${text(pluginId)}"]`,
      ...own.map((part) => `    part${parts.indexOf(part)}["${text(part.moduleId ?? 'init')}"]`),
      ...own.flatMap(({ offers }) => offers.map((id) => `    ${nodeOf.get(id)}{{"${text(id)}"}}`)),
      '  end',
    ];
  });
  const offered = parts.flatMap(({ offers }, index) =>
    nodes(offers).map((node) => `  ${node} --- part${index}`),
  );
  const needed = parts.flatMap(({ dependsOn }, index) =>
    nodes(dependsOn).map((node) => `  part${index} --> ${node}`),
  );
  const ofServices = serviceIds.flatMap((id, index) => [
    `  service${index}(["${text(id)}"])`,
    ...nodes(services.filter((service) => service.id === id).flatMap(({ dependsOn }) => dependsOn)).map(
      (node) => `  service${index} --> ${node}`,
    ),
  ]);
  const ofDecorators = decorators.flatMap(({ service, name, dependsOn }, index) => [
    `  decorator${index}[/"${text(name ?? 'decorator')}"/]`,
    ...nodes([service]).map((node) => `  decorator${index} -. decorates .-> ${node}`),
    ...nodes(dependsOn).map((node) => `  decorator${index} --> ${node}`),
  ]);
  return `${['flowchart LR', ...boxes, ...ofServices, ...ofDecorators, ...offered, ...needed].join('\n')}\n`;
}

/** Inside the quotes of a label, where Mermaid reads Markdown, HTML and entities such as `#quot;`. */
function text(value: string): string {
  return value.replace(/[^\w .:/@()-]/gu, (character) => `#${character.codePointAt(0)};`);
}
