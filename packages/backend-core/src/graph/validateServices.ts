/** Judges the graph of services before any of them is made, and reports everything that is wrong with it. */
import { nearestName } from '@vestibule/backend-plugin-api';
import { isSameOwner } from '../features/owner.ts';
import { createProblem, type Problem } from '../problems/startupProblem.ts';
import { findCycles } from './findCycles.ts';
import { providerLabel, providerStep, type Provider } from './provider.ts';
import type { Providers } from './providers.ts';
import { asService, providersBelow, walk, type Entry, type Visit } from './serviceGraph.ts';

/**
 * The problems that the entries meet. Each problem stands once, with the ways to it and whom it stops; `known` has those
 * of earlier looks at the same graph, which are added to. Default factories must have been asked before.
 */
export function validateServices(
  entries: readonly Entry[],
  providers: Providers,
  known: Map<string, Problem>,
): Problem[] {
  const met = new Set<Problem>();
  const cycles = cyclesThrough(entries, providers);

  for (const entry of entries) {
    const seen = new Set<Problem>();
    for (const visit of walk(entry, providers)) {
      for (const problem of judge(visit, entry)) {
        if (seen.has(problem)) continue;
        seen.add(problem);
        met.add(problem);
        implicate(problem, entry, visit.path);
      }
    }
  }
  return [...met];

  function judge(visit: Visit, entry: Entry): Problem[] {
    const { ref, by } = visit;
    const service = asService(ref);
    if (!service) {
      return by ? [problemOnce(`point ${by.id} ${ref.id}`, () => pointInService(by, ref.id))] : [];
    }
    const found = providers.of(service);
    if (!found) {
      const failure = providers.failureOf(service);
      return [problemOnce(`missing ${ref.id}`, () => failure ?? missing(ref.id, providers))];
    }
    const onCycle = cycles.filter(({ members }) => found.some((provider) => members.includes(provider)));
    const wrong = onCycle.map(({ key, problem }) => problemOnce(key, () => problem));
    const fromRoot = by ? by.factory.service.scope === 'root' : entry.rootOnly;
    if (fromRoot && (found[0]?.factory.service ?? service).scope === 'plugin') {
      const who = by ? (by.decorates?.label ?? `root service '${by.id}'`) : entry.label;
      wrong.push(problemOnce(`scope ${who} ${ref.id}`, () => scope(who, ref.id, by !== undefined)));
    }
    return wrong;
  }

  function problemOnce(key: string, make: () => Problem): Problem {
    const problem = known.get(key) ?? make();
    known.set(key, problem);
    return problem;
  }
}

function implicate(problem: Problem, entry: Entry, path: readonly string[]): void {
  const way = path.join(' -> ');
  if (!problem.paths.includes(way)) problem.paths.push(way);
  if (entry.affects.length === 0) problem.fatal = true;
  for (const owner of entry.affects) {
    if (!problem.affects.some((other) => isSameOwner(other, owner))) problem.affects.push(owner);
  }
}

function missing(id: string, providers: Providers): Problem {
  const near = nearestName(
    id,
    providers.registered().map((provider) => provider.id),
  );
  return createProblem('ERR_SERVICE_MISSING', `service '${id}' is not registered`, {
    hint: near
      ? `Did you mean '${near}'?`
      : `Add a factory for it: backend.add(createServiceFactory({ … })).`,
    fatal: false,
  });
}

function pointInService(by: Provider, pointId: string): Problem {
  return createProblem(
    'ERR_EXTENSION_POINT_IN_PLUGIN',
    `${providerLabel(by)} depends on the extension point '${pointId}'; only modules may`,
    { fatal: false },
  );
}

function scope(who: string, id: string, isService: boolean): Problem {
  return createProblem(
    'ERR_SERVICE_SCOPE',
    `${who} depends on service '${id}', which exists once for each plugin`,
    {
      hint: isService
        ? `Make it a plugin service, or let it depend on root services only.`
        : 'Use root services only.',
      fatal: false,
    },
  );
}

/** All circles among the providers that the entries lead to. */
function cyclesThrough(
  entries: readonly Entry[],
  providers: Providers,
): { members: Provider[]; key: string; problem: Problem }[] {
  const reached = new Set<Provider>();
  for (const entry of entries) {
    for (const { ref } of walk(entry, providers)) {
      const service = asService(ref);
      for (const provider of (service && providers.of(service)) ?? []) reached.add(provider);
    }
  }
  return findCycles([...reached], (provider) => providersBelow(provider, providers)).map((members) => ({
    members,
    // The same circle may be met from another side.
    key: `circle ${[...new Set(members.map(providerStep))].sort().join(' ')}`,
    problem: createProblem(
      'ERR_SERVICE_CYCLE',
      `services depend on one another in a circle: ${members.map(memberOfCircle).join(' -> ')}`,
      {
        ...(members.some(({ decorates }) => decorates) && { hint: hintForDecorators }),
        fatal: false,
      },
    ),
  }));
}

function memberOfCircle({ id, decorates }: Provider): string {
  return decorates?.label ?? `'${id}'`;
}

const hintForDecorators =
  'What a decorator depends on, itself or through others, must not depend on the service that it decorates.';
