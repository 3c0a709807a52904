/**
 * Sign-in as a backend plugin: `backend.add(import('@vestibule/plugin-auth-backend'))`.
 *
 * @packageDocumentation
 */
export type {
  CatalogStep,
  GateStep,
  OwnershipStep,
  ResolverStep,
  ShortSessionStep,
  TransformStep,
} from './record/recordDraft.ts';
export {
  createDecisionReader,
  isDecisionReference,
  type DecisionReader,
} from './record/recordReader.ts';
export type { DecisionError, DecisionRecord } from './record/signInRecord.ts';
export { printDecision, printDecisionList } from './record/printRecord.ts';
export { setupErrorCodes } from './errors.ts';
export {
  backstageProviders,
  commonKeys,
  commonProxyKeys,
  emailResolvers,
  isKnownProviderType,
  packageOfProvider,
  type BackstageProvider,
} from './providers/providerModules.ts';
export { authPlugin, authPlugin as default } from './plugin.ts';
export { getDefaultOwnershipEntityRefs } from '@vestibule/plugin-auth-node';
export { tryLogin, type TrialConfig, type TrialLogin, type TrialOutcome } from './testKit.ts';
