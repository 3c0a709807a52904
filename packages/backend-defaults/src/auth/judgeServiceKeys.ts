/** The files of service keys that the config names, looked at before anything is made, where the backend would start. */
import {
  ConfigError,
  asObject,
  convertTexts,
  type ConfigJudgeContext,
  type ConfigJudgeFindings,
} from '@vestibule/backend-plugin-api';
import { pluginKeyStoreSchema } from './authConfig.ts';
import { readStaticServiceKeys } from './staticServiceKeys.ts';

export function judgeServiceKeys({ config, isOnSite }: ConfigJudgeContext): ConfigJudgeFindings {
  if (!isOnSite) return {};
  const { pluginKeyStore } = asObject(asObject(config.getOptional('backend'))['auth']);
  const { data } = pluginKeyStoreSchema.safeParse(convertTexts(pluginKeyStore, pluginKeyStoreSchema));
  if (!data) return {};
  try {
    readStaticServiceKeys({ pluginKeyStore: data }, config);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems };
  }
}
