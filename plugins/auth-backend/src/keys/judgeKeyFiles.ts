/** The files of keys that `auth.keyStore` names, looked at before anything is made, where the backend would start. */
import {
  ConfigError,
  asObject,
  convertTexts,
  type ConfigJudgeContext,
  type ConfigJudgeFindings,
} from '@vestibule/backend-plugin-api';
import { keyStoreSchema } from './keyStoreSchema.ts';
import { readStaticKeys } from './staticKeys.ts';

export async function judgeKeyFiles({ config, isOnSite }: ConfigJudgeContext): Promise<ConfigJudgeFindings> {
  if (!isOnSite) return {};
  const { keyStore } = asObject(config.getOptional('auth'));
  const { data } = keyStoreSchema.safeParse(convertTexts(keyStore, keyStoreSchema));
  if (data?.provider !== 'static') return {};
  try {
    await readStaticKeys(data.static?.keys ?? [], config);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems };
  }
}
