/**
 * Judges resources by Kubernetes' published schemas, as `kubernetes-types` has them as TypeScript: the compiler finds unknown
 * keys, missing ones, and values of another type.
 */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Resource } from './manifests.ts';

const modules: Readonly<Record<string, string>> = {
  'apps/v1': 'kubernetes-types/apps/v1.js',
  'networking.k8s.io/v1': 'kubernetes-types/networking/v1.js',
  'policy/v1': 'kubernetes-types/policy/v1.js',
  v1: 'kubernetes-types/core/v1.js',
};

/** @returns what the compiler says, a line each. */
export function faultsOf(resources: readonly Resource[]): string[] {
  const lines = resources.map((resource, index) => {
    const module = modules[resource.apiVersion] ?? `no types for ${resource.apiVersion}`;
    return `export const r${index}: import('${module}').${resource.kind} = ${JSON.stringify(resource)};`;
  });
  const file = fileURLToPath(new URL('resources.ts', import.meta.url));
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
  };
  const host = ts.createCompilerHost(options);
  const source = ts.createSourceFile(file, lines.join('\n'), ts.ScriptTarget.ES2022);
  const program = ts.createProgram([file], options, {
    ...host,
    fileExists: (path) => path === file || host.fileExists(path),
    getSourceFile: (path, ...rest) => (path === file ? source : host.getSourceFile(path, ...rest)),
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
