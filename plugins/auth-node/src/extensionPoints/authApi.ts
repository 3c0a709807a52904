/** The extension point `auth.api`: the routes of a module, for the OpenAPI document of the plugin `auth`. */
import { createExtensionPoint, type ErrorCode } from '@vestibule/backend-plugin-api';

/** A route, as the table has it from which it is served. @public */
export interface ApiRoute<TId extends string = string> {
  /** In capitals. A route with `GET` and without `HEAD` refuses the latter with 405. */
  readonly methods: readonly string[];
  /** Relative to the server, with parameters in braces: `/v1/sessions/{handle}`. */
  readonly path: string;
  /** Of its first method; that of each other one has the method behind it. */
  readonly operationId: TId;
}

/** What there is to say of a route: an Operation Object of OpenAPI 3.1, with refusals by their codes. @public */
export interface ApiOperation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  /** Alternatives; empty where anybody may call. */
  readonly security: readonly object[];
  /** By status. */
  readonly responses: Readonly<Record<string, object>>;
  /** Codes of `signInCodes`, or of the description's own. Each becomes a part of the response of its status. */
  readonly refusals?: readonly ErrorCode[];
  /** Whether a browser gets a refusal as a page. */
  readonly refusesWithPage?: true;
}

/** What there is to say of some routes. @public */
export interface ApiDescription<TId extends string = string> {
  readonly operations: Readonly<Record<TId, ApiOperation>>;
  /** What each tag is about, by its name. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Codes beside `signInCodes`, as they are on the wire. */
  readonly codes?: Readonly<Record<ErrorCode, { name: string; status: number; meaning: string }>>;
  /** Components that the operations refer to. */
  readonly schemas?: Readonly<Record<string, object>>;
  readonly securitySchemes?: Readonly<Record<string, object>>;
}

/** Routes with what there is to say of them. @public */
export interface ApiRoutes<TId extends string = string> {
  /** Those that are served. What the config has switched off is not among them. */
  readonly routes: readonly ApiRoute<TId>[];
  /** Loads the description, which no request but one for the document needs. */
  describe(): Promise<ApiDescription<TId>>;
  /** The address that the paths are relative to, where it is not that of the plugin. */
  readonly server?: string;
}

/** Adds routes to the document. Use it in the init of a module. @public */
export interface AuthApiExtensionPoint {
  /**
   * Adds routes that a module serves. Of two with one method and path, the module's stands, as it answers before the plugin.
   *
   * A route without a description is an error of whoever asks for the document: `ERR_AUTH_API_UNDESCRIBED`.
   *
   * @example
   * ```ts
   * api.addRoutes({
   *   routes: [{ methods: ['GET', 'HEAD'], path: '/v1/hello', operationId: 'hello' }],
   *   describe: async () => (await import('./helloApi.ts')).helloApi,
   * });
   * ```
   */
  addRoutes<TId extends string>(routes: ApiRoutes<TId>): void;
}

/** Depend on it in a module of the auth plugin: `deps: { api: authApiExtensionPoint }`. @public */
export const authApiExtensionPoint = createExtensionPoint<AuthApiExtensionPoint>({ id: 'auth.api' });
