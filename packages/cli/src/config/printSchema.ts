/** `vestibule config schema`: one JSON Schema of everything installed. */
import { writeFile } from 'node:fs/promises';
import { createDefaultBackend } from '@vestibule/backend';
import { createRootConfigFactory } from '@vestibule/backend-defaults';
import { createServiceFactory, runtimeModeServiceRef } from '@vestibule/backend-plugin-api';
import { describeConfig } from './configSchema.ts';

/** @returns the exit code: 1 where the file could not be written. */
export async function printSchema({ output }: { output?: string }): Promise<0 | 1> {
  const backend = createDefaultBackend({ rootConfig: createRootConfigFactory({ data: everythingOn }) });
  // In production some of it is refused, and described all the same.
  backend.add(
    createServiceFactory({
      service: runtimeModeServiceRef,
      deps: {},
      factory: () => ({ isDevelopment: true, isProduction: false }),
    }),
  );
  const { schema, unread } = await describeConfig(await backend.judge(), process.cwd());
  if (unread.length > 0) {
    process.stderr.write(`Without the keys of ${unread.join(', ')}: their configSchema is no JSON Schema.\n`);
  }
  const text = `${JSON.stringify(schema, undefined, 2)}\n`;
  if (output === undefined) {
    process.stdout.write(text);
    return 0;
  }
  try {
    await writeFile(output, text);
    return 0;
  } catch (error) {
    process.stderr.write(`${output} cannot be written: ${(error as Error).message}\n`);
    return 1;
  }
}

/** What a loader brings only where the config says so. */
const everythingOn = { devIdp: { enabled: true } };
