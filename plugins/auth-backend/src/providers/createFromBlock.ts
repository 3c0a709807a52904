/** Making a provider from its block in the config. */
import { CodedError, ConfigError, isLocatedConfig, type Config } from '@vestibule/backend-plugin-api';

/** A provider that cannot be made from its settings has a fault in its block. */
export function createFromBlock<T>(path: string, config: Config, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const location = isLocatedConfig(config) ? config.locate(path.split('.')) : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      [
        {
          code: 'ERR_CONFIG_VALUE_INVALID',
          path,
          message: `${path}: ${reason}`,
          ...(location && { location }),
          ...(error instanceof CodedError && error.hint !== undefined && { suggestion: error.hint }),
        },
      ],
      { cause: error },
    );
  }
}
