/** `backend.database` as it is now: the password may be replaced while the process lives. */
import { followConfig, readConfig, type Config, type LoggerService } from '@vestibule/backend-plugin-api';
import { databaseConfigSchema, type DatabaseSettings } from './databaseConfigSchema.ts';

/**
 * Follows the passwords, or the connection strings that hold them. Open connections go on; each new one takes what is there
 * by then. What cannot be understood leaves the former in use.
 *
 * @returns the settings, whenever they are asked for.
 */
export function followDatabase(
  config: Config,
  settings: DatabaseSettings,
  logger: LoggerService,
): () => DatabaseSettings {
  let current = settings;
  const places = [
    ['backend.database', settings.connection] as const,
    ...Object.entries(settings.plugin ?? {}).map(
      ([pluginId, own]) => [`backend.database.plugin.${pluginId}`, own.connection] as const,
    ),
  ];
  for (const [path, connection] of places) {
    if (connection === undefined) continue;
    const key = typeof connection === 'string' ? 'connection' : 'connection.password';
    followConfig({
      config,
      path: `${path}.${key}`,
      onChange() {
        try {
          current = readConfig({ config, schema: databaseConfigSchema }).backend?.database ?? current;
        } catch {
          logger.error(`${path}.${key} was read again and is not used, the former one is: it must be text`);
        }
      },
    });
  }
  return () => current;
}
