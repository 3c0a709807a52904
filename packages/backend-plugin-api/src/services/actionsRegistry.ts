/** The service `alpha.core.actionsRegistry`: what a plugin lets assistants and other tools do through the host. */
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';
import type { BackstageCredentials } from './auth.ts';
import type { LoggerService } from './logger.ts';

/** A schema of the host's own making. @public */
export interface ActionSchema {
  /** Says what the value is, for whoever calls the action. */
  describe(text: string): this;
}

/** The schema of an object. @public */
export interface ActionObjectSchema extends ActionSchema {
  /** Lets members pass that the schema does not name. */
  passthrough(): this;
}

/** What schemas are made with: the part of the host's zod that has been the same in all its versions. @public */
export interface ActionSchemas {
  object(members: Record<string, ActionSchema>): ActionObjectSchema;
  array(item: ActionSchema): ActionSchema;
  string(): ActionSchema;
}

/** One call of an action. @public */
export interface ActionContext {
  /** Judged by the action's own input schema. */
  input: unknown;
  /** Of whoever calls; never of nobody. */
  credentials: BackstageCredentials;
  logger: LoggerService;
}

/** An action, which the host offers as `<plugin id>:<name>`. @public */
export interface ActionOptions {
  /** Lower case, with dashes. Each once in a plugin. */
  name: string;
  title: string;
  /** What it does and when it refuses, in words that an assistant can decide by. */
  description: string;
  schema: {
    input(schemas: ActionSchemas): ActionObjectSchema;
    output(schemas: ActionSchemas): ActionObjectSchema;
  };
  attributes?: {
    /** Default: whatever is not `readOnly`. */
    destructive?: boolean;
    /** Default: false. */
    idempotent?: boolean;
    /** Default: false. */
    readOnly?: boolean;
  };
  /** @returns What the output schema says. Errors answer with the status of their name. */
  action(context: ActionContext): Promise<{ output: object }>;
}

/** The registry of the plugin that depends on it. @public */
export interface ActionsRegistryService {
  /** Offers an action. A second one of the same name is an error, which stops the plugin. */
  register(options: ActionOptions): void;
}

/**
 * A Backstage backend has one, with its routes under `/api/<pluginId>/.backstage/actions`. Comes with its own default on
 * every other host: a registry that keeps nothing, so that a plugin may offer actions without asking who listens.
 *
 * @example
 * ```ts
 * registerInit({
 *   deps: { actions: actionsRegistryServiceRef },
 *   init({ actions }) {
 *     actions.register({
 *       name: 'count-reports',
 *       title: 'Count reports',
 *       description: 'Tells how many reports there are.',
 *       schema: {
 *         input: (z) => z.object({}),
 *         output: (z) => z.object({ count: z.string() }),
 *       },
 *       attributes: { readOnly: true },
 *       action: async () => ({ output: { count: '3' } }),
 *     });
 *   },
 * });
 * ```
 * @public
 */
export const actionsRegistryServiceRef = createServiceRef<ActionsRegistryService>({
  id: 'alpha.core.actionsRegistry',
  defaultFactory: async (service) =>
    createServiceFactory({ service, deps: {}, factory: () => ({ register: () => undefined }) }),
});
