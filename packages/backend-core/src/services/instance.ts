/** Who depends on services, and a service that was made. */
import type { InitTask } from '../boot/initTasks.ts';
import type { Provider } from '../graph/provider.ts';

/** Whoever depends on services: an init, a loader, or a service. */
export interface Consumer {
  readonly label: string;
  /** The plugin it belongs to; absent for what exists once for the backend. */
  readonly pluginId?: string;
  readonly task?: InitTask;
  /** The instances it received. */
  readonly uses: Set<Instance>;
}

/** A service that was made, or a root context of one. */
export interface Instance extends Consumer {
  readonly provider: Provider;
  readonly task: InitTask;
  readonly isRootContext: boolean;
  /** Present once it is finished. */
  readonly value?: unknown;
  /** Whether this instance brought the value into the world, rather than passing on another's. */
  readonly isMaker?: boolean;
}
