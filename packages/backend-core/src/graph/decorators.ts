/**
 * The decorators of the services. Over each provider of a service stands one layer for each decorator, in the order of
 * adding. A layer is a provider like any other, whose factory depends on the one below by a reference of its own: so it is
 * judged, made, timed and stopped as every service is.
 */
import {
  createServiceRef,
  type ServiceDecorator,
  type ServiceFactory,
  type ServiceRef,
} from '@vestibule/backend-plugin-api';
import { createProblem, type Problem } from '../problems/startupProblem.ts';
import type { Provider } from './provider.ts';

/** A decorator in the place that it has in this backend. */
export interface AddedDecorator {
  readonly decorator: ServiceDecorator;
  readonly origin: 'default' | 'added' | 'loaded';
  /** Where it was added, or by whom: `added at src/index.ts:12:9`. */
  readonly from: string;
  /** `decorator 'cache' of service 'catalog-client' (added at src/index.ts:12:9)`. */
  readonly label: string;
}

/** The decorators of one backend. */
export interface Decorators {
  /** Adds one, or says why not. One that a loader brings gives way to the same one that was added. */
  add(decorator: ServiceDecorator, origin: AddedDecorator['origin'], from: string): Problem | undefined;
  all(): readonly AddedDecorator[];
  /** What is decorated, and over it each decorator; the last is what others receive. */
  layersOf(provider: Provider): readonly Provider[];
  outermost(provider: Provider): Provider;
  /** What a layer wraps, by the reference that it has for it. */
  innerOf(ref: ServiceRef<unknown>): Provider | undefined;
}

/** Starts with none. */
export function createDecorators(): Decorators {
  const added: AddedDecorator[] = [];
  const byService = new Map<string, AddedDecorator[]>();
  const layers = new Map<Provider, Provider[]>();
  const inners = new Map<ServiceRef<unknown>, Provider>();

  function layersOf(provider: Provider): readonly Provider[] {
    const known = layers.get(provider) ?? [provider];
    layers.set(provider, known);
    const ofService = byService.get(provider.id) ?? [];
    for (const one of ofService.slice(known.length - 1)) known.push(layerOver(known.at(-1) ?? provider, one));
    return known;
  }

  function layerOver(inner: Provider, { decorator, from, label }: AddedDecorator): Provider {
    const { name, deps, decorate } = decorator.decorator;
    const { service, initialization } = inner.factory;
    const innerRef = createServiceRef<unknown>({ id: inner.id, scope: service.scope as 'root' });
    inners.set(innerRef, inner);
    const factory: ServiceFactory = {
      $$type: '@backstage/BackendFeature',
      version: 'v1',
      featureType: 'service',
      service,
      ...(initialization && { initialization }),
      deps: { ...deps, [innerName]: innerRef },
      async factory(values) {
        const { [innerName]: made, ...own } = values;
        return decorate(made, own);
      },
    };
    const step = `${inner.id} (decorator ${name === undefined ? '' : `'${name}', `}${from})`;
    return {
      id: inner.id,
      factory,
      origin: inner.origin,
      decorates: { decorator, inner, innerRef, label, step },
    };
  }

  return {
    add(decorator, origin, from) {
      const same = added.find((other) => other.decorator === decorator);
      if (same && origin === 'loaded' && same.origin !== 'loaded') return undefined;
      if (same) {
        return createProblem('ERR_SERVICE_DECORATOR_DUPLICATE', `the ${same.label} was ${from} again`, {
          hint: 'Keep one of them.',
        });
      }
      const { id } = decorator.service;
      const own: AddedDecorator = {
        decorator,
        origin,
        from,
        label: `${decorator.decorator.label} (${from})`,
      };
      added.push(own);
      byService.set(id, [...(byService.get(id) ?? []), own]);
      return undefined;
    },
    all: () => added,
    layersOf,
    outermost: (provider) => layersOf(provider).at(-1) ?? provider,
    innerOf: (ref) => inners.get(ref),
  };
}

// Deps of the decorator's own have names of variables.
const innerName = '(inner)';
