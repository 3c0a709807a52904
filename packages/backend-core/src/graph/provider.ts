/** A factory in the place that it has in a backend. */
import type { ServiceDecorator, ServiceFactory, ServiceRef } from '@vestibule/backend-plugin-api';

/** Where a factory came from. @public */
export type ProviderOrigin = 'built in' | 'default' | 'added' | 'loaded' | 'default factory';

/** A factory of a service, or a decorator over one. */
export interface Provider {
  /** Of the service. */
  readonly id: string;
  readonly factory: ServiceFactory;
  readonly origin: ProviderOrigin;
  /** For messages, where several could be meant: who brought it. */
  readonly from?: string;
  /** Where it was added, for what was. */
  place?(): string;
  /** Where it is a decorator. */
  readonly decorates?: {
    readonly decorator: ServiceDecorator;
    /** What it wraps, and the reference among its deps that stands for that. */
    readonly inner: Provider;
    readonly innerRef: ServiceRef<unknown>;
    readonly label: string;
    readonly step: string;
  };
}

/** As it stands in messages: `service 'catalog-client'`. */
export function providerLabel({ id, decorates }: Provider): string {
  return decorates?.label ?? `service '${id}'`;
}

/** As it stands in paths: `catalog-client`, `catalog-client (decorator 'cache', added at src/index.ts:12:9)`. */
export function providerStep({ id, decorates }: Provider): string {
  return decorates?.step ?? id;
}

/** Whether a provider is made at start-up without anybody depending on it. */
export function isEager({ factory, origin }: Provider): boolean {
  if (origin === 'default factory' || origin === 'built in') return false;
  return factory.service.scope === 'root'
    ? factory.initialization !== 'lazy'
    : factory.initialization === 'always';
}
