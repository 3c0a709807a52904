/** The start-up as a chart of bars, one for each function that ran, in the order in which they began. */
import { markup, type Html } from '@vestibule/backend-plugin-api';
import type { ExplainedUnit } from '@vestibule/backend-core';
import type { Section } from './section.ts';

/** The chart. Units that never ran are left out. */
export function timelineSection(timings: readonly ExplainedUnit[]): Section {
  const ran = timings.filter(({ startedAt }) => startedAt !== undefined);
  const end = Math.max(1, ...ran.map(({ startedAt = 0, milliseconds = 0 }) => startedAt + milliseconds));
  const rows = ran.map((unit) => row(unit, end));
  return {
    id: 'timeline',
    title: 'How the start went',
    body: markup`<p>The time of each function alone, without its waiting for others.</p>
<div class="wide" tabindex="0" role="group" aria-label="How the start went"><table class="timeline">
<thead><tr><th scope="col">What ran</th><th scope="col">From</th><th scope="col">Took</th><th scope="col"><span class="hidden">Chart</span></th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>`,
  };
}

function row({ label, state, startedAt = 0, milliseconds }: ExplainedUnit, end: number): Html {
  const at = (1000 * startedAt) / end;
  const width = Math.max(3, (1000 * (milliseconds ?? 0)) / end);
  return markup`<tr><th scope="row">${label}</th><td>${startedAt} ms</td><td>${milliseconds === undefined ? state : `${milliseconds} ms`}${state === 'failed' && markup` <strong class="failed">failed</strong>`}</td><td class="chart"><svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect x="${Math.min(997, Math.round(at))}" width="${Math.round(width)}" height="10"/></svg></td></tr>
`;
}
