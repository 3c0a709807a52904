/**
 * Koa apps and middleware as Node-style handlers, so that one plugin runs on our host and on Express.
 *
 * @packageDocumentation
 */
export * from './koaHandler.ts';
export * from './nodeRoutes.ts';
export * from './redirect.ts';
