/**
 * The dependency-injection container, the boot and the lifecycle of the modular backend. The only importer of tsyringe.
 *
 * @packageDocumentation
 */
export {
  createSpecializedBackend,
  type Addable,
  type Backend,
  type FeatureLike,
  type SpecializedBackendOptions,
} from './createSpecializedBackend.ts';
export type { BackendJudgement, JudgeOptions } from './boot/boot.ts';
export { bootConfigSchema } from './boot/bootSettings.ts';
export type {
  ModuleStartupResult,
  PluginStartupResult,
  StartupFailure,
  StartupResult,
} from './boot/startupResult.ts';
export { BackendStartupError, BackendUsageError, bootErrorCodes, type BootErrorCode } from './errors.ts';
export type {
  BackendExplanation,
  ExplainedDecorator,
  ExplainedExtensionPoint,
  ExplainedInstance,
  ExplainedPart,
  ExplainedService,
  ExplainedUnit,
  ExplanationData,
} from './explain/explanation.ts';
export type { ProviderOrigin } from './graph/provider.ts';
export type { StartupProblem } from './problems/startupProblem.ts';
