/** `vestibule health`: asks the running backend whether it is ready. Probes run it every few seconds, so it loads little. */
import { ConfigError, configProblemLine } from '@vestibule/backend-plugin-api';
import { askReadiness, readOwnUrl } from '@vestibule/backend-defaults/probe';

/** Whom to ask. */
export interface HealthOptions {
  configFiles: readonly string[];
  /** Default: where the config says that the backend listens. */
  url?: string;
  timeoutMilliseconds: number;
}

/** @returns the exit code. */
export async function health({ configFiles, url, timeoutMilliseconds }: HealthOptions): Promise<0 | 1> {
  try {
    const address = url ?? (await readOwnUrl(configFiles.length > 0 ? { files: configFiles } : {}));
    const reason = await askReadiness(address, { timeoutMilliseconds });
    if (reason !== undefined) return fail(reason);
    process.stdout.write(`Ready: ${address}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail(error.problems.map(configProblemLine).join('; '));
  }
}

function fail(reason: string): 1 {
  process.stderr.write(`vestibule: not ready: ${reason}\n`);
  return 1;
}
