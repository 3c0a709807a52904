/** Draws an explanation as a tree for a terminal. */
import type {
  ExplainedDecorator,
  ExplainedInstance,
  ExplainedService,
  ExplanationData,
} from './explanation.ts';

interface Branch {
  text: string;
  below?: readonly Branch[];
}

/** The tree. */
export function printExplanation(data: ExplanationData): string {
  const pluginIds = [...new Set(data.parts.map(({ pluginId }) => pluginId))];
  const branches: Branch[] = [
    {
      text: 'plugins',
      below: pluginIds.map((pluginId) => ({
        text: pluginId,
        below: data.parts
          .filter((part) => part.pluginId === pluginId)
          .flatMap((part) => [
            {
              text: part.moduleId === undefined ? 'init' : `module ${part.moduleId}`,
              below: [
                ...line('uses', part.dependsOn),
                ...line('offers', part.offers),
                ...line('failed', part.failure === undefined ? [] : [part.failure]),
              ],
            },
          ]),
      })),
    },
    {
      text: 'extension points',
      below: data.extensionPoints.map(({ id, offeredBy, usedBy }) => ({
        text: id,
        below: [...line('offered by', [offeredBy]), ...line('used by', usedBy)],
      })),
    },
    { text: 'services', below: data.services.map(describeService) },
    { text: 'decorators', below: data.decorators.map(describeDecorator) },
    {
      text: 'timings',
      below: data.timings.map(({ label, state, startedAt, milliseconds }) => ({
        text: `${milliseconds === undefined ? state : `${milliseconds} ms`} ${label}${
          startedAt === undefined ? '' : `, from ${startedAt} ms`
        }${state === 'failed' ? ', failed' : ''}`,
      })),
    },
    ...(data.problems.length === 0
      ? []
      : [
          {
            text: 'problems',
            below: data.problems.map(({ code, message }) => ({ text: `${code} ${message}` })),
          },
        ]),
  ];
  return branches
    .filter(({ below }) => below !== undefined && below.length > 0)
    .flatMap((branch) => draw(branch))
    .join('\n');
}

function describeService(service: ExplainedService): Branch {
  const { id, scope, multiton, providedBy, dependsOn, usedBy, instances, notMade } = service;
  return {
    text: `${id} (${scope}${multiton ? ', list' : ''}, ${providedBy})`,
    below: [
      ...line('uses', dependsOn),
      ...line('used by', usedBy),
      ...line('made', instances.map(describeInstance)),
      ...line('not made', notMade === undefined ? [] : [notMade]),
    ],
  };
}

function describeDecorator({ service, name, from, dependsOn, instances }: ExplainedDecorator): Branch {
  return {
    text: `${name === undefined ? '' : `${name} `}of ${service} (${from})`,
    below: [...line('uses', dependsOn), ...line('made', instances.map(describeInstance))],
  };
}

function describeInstance({ pluginId, state, milliseconds }: ExplainedInstance): string {
  const outcome = state === 'done' ? `${milliseconds ?? 0} ms` : state;
  return pluginId === undefined ? outcome : `for ${pluginId} (${outcome})`;
}

function line(title: string, values: readonly string[]): Branch[] {
  return values.length === 0 ? [] : [{ text: `${title}: ${values.join(', ')}` }];
}

function draw({ text, below = [] }: Branch): string[] {
  const lines = [text];
  below.forEach((branch, index) => {
    const isLast = index === below.length - 1;
    const [first = '', ...rest] = draw(branch);
    lines.push(`${isLast ? '└─' : '├─'} ${first}`, ...rest.map((one) => `${isLast ? '  ' : '│ '} ${one}`));
  });
  return lines;
}
