/** What a backend consists of, in one of the forms of `vestibule graph`. */
import type { BackendExplanation } from '@vestibule/backend-core';
import type { GraphForm } from './graphForms.ts';
import { graphPage } from './graphPage.ts';
import { mermaidFlowchart } from './mermaidFlowchart.ts';

export type { GraphForm } from './graphForms.ts';

/**
 * Shows a backend of your own as `vestibule graph` shows its own.
 *
 * @param explanation - What `backend.explain()` gives, after a start or a failed one.
 * @returns A text of several lines: a tree for a terminal, JSON, a Mermaid flowchart, or a whole HTML page.
 * @example
 * ```ts
 * await backend.start();
 * await writeFile('graph.html', formatGraph(backend.explain(), 'html'));
 * ```
 * @public
 */
export function formatGraph(explanation: BackendExplanation, form: GraphForm): string {
  switch (form) {
    case 'text':
      return `${explanation.toString()}\n`;
    case 'json':
      return `${JSON.stringify(explanation.json, undefined, 2)}\n`;
    case 'mermaid':
      return mermaidFlowchart(explanation.json);
    case 'html':
      return graphPage(explanation.json);
  }
}
