/** `vestibule graph`: starts the backend for a moment, and shows what it consists of. */
import { writeFile } from 'node:fs/promises';
import { createDefaultBackend } from '@vestibule/backend';
import { BackendStartupError, type Backend } from '@vestibule/backend-core';
import {
  createRootConfigFactory,
  createRootLogger,
  readRootConfig,
  redactForDisplay,
  type ConfigSources,
} from '@vestibule/backend-defaults';
import { coreServices, createServiceFactory } from '@vestibule/backend-plugin-api';
import { formatGraph, type GraphForm } from './formatGraph.ts';

/** What to show, and where. */
export interface GraphOptions {
  configFiles: readonly string[];
  form: GraphForm;
  output?: string;
}

/** @returns the exit code. */
export async function graph({ configFiles, form, output }: GraphOptions): Promise<0 | 1> {
  const sources: ConfigSources = {
    ...(configFiles.length > 0 && { files: configFiles }),
    // The backend itself may be running.
    overrides: { backend: { listen: { host: '127.0.0.1', port: 0 } } },
  };
  const backend = createDefaultBackend({
    rootConfig: createRootConfigFactory(sources),
    defaultServiceFactories: [quietLogger],
  });
  const failure = await startFailureOf(backend);
  const text = formatGraph(backend.explain(), form);
  await backend.stop();
  if (failure !== undefined) await tell(failure, sources);
  return (await write(text, output)) && failure === undefined ? 0 : 1;
}

/** What a start logs is not asked for here. What stops it is told apart, and the standard output is the graph's. */
const quietLogger = createServiceFactory({
  service: coreServices.rootLogger,
  deps: {},
  factory: () =>
    createRootLogger({ level: 'error', write: (line) => void process.stderr.write(`${line}\n`) }),
});

async function startFailureOf(backend: Backend): Promise<string | undefined> {
  try {
    await backend.start();
    return undefined;
  } catch (error) {
    if (error instanceof BackendStartupError) return error.message;
    throw error;
  }
}

async function tell(failure: string, sources: ConfigSources): Promise<void> {
  const config = await readRootConfig(sources).catch(() => undefined); // That it cannot be read is among the problems.
  process.stderr.write(`${redactForDisplay(failure, config)}\n`);
}

async function write(text: string, output: string | undefined): Promise<boolean> {
  if (output === undefined) {
    process.stdout.write(text);
    return true;
  }
  try {
    await writeFile(output, text);
    return true;
  } catch (error) {
    process.stderr.write(`vestibule: ${output} could not be written: ${(error as Error).message}\n`);
    return false;
  }
}
