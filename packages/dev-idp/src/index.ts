/**
 * An OpenID Provider with ready people, for the demo and for tests: as a plugin of the backend (the default export), or
 * as a server of its own with failure scenarios ({@link startDevIdp}).
 *
 * @packageDocumentation
 */
export { walkAuthorization, type LoginAnswer } from './authorize.ts';
export type { DevIdpClient } from './clients.ts';
export { devIdpConfigSchema } from './config.ts';
export { DevIdpInProductionError } from './errors.ts';
export { type DevIdpEndpoint, type DevIdpFault, type DevIdpScenario, type HeldRequests } from './faults.ts';
export { demoPeople, type DemoPerson } from './people.ts';
export { devIdpPlugin, devIdpPlugin as default } from './plugin.ts';
export { startDevIdp, type DevIdpServer, type StartDevIdpOptions } from './startDevIdp.ts';
