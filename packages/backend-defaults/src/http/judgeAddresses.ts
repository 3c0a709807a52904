/** The addresses and subnets in the config, which no schema knows: `backend.trustProxy`, and who is never limited. */
import {
  InputError,
  asObject,
  configProblemAt,
  convertTexts,
  type Config,
  type ConfigJudgeContext,
  type ConfigJudgeFindings,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';
import { addressList, namesOfTrusted } from './clientAddress.ts';
import { httpConfigSchema, type HttpConfig } from './httpConfig.ts';

/** Each key with an entry that is no address, as `ERR_HTTP_ADDRESS_INVALID`. */
export function judgeAddresses({ config }: ConfigJudgeContext): ConfigJudgeFindings {
  const trustProxy = readable(config, 'trustProxy');
  const rateLimit = readable(config, 'rateLimit');
  const limits = typeof rateLimit === 'object' ? rateLimit : {};
  const lists: [path: string[], entries: readonly string[] | undefined][] = [
    [['trustProxy'], namesOfTrusted(trustProxy)],
    [['rateLimit', 'ipAllowList'], limits.ipAllowList],
    ...Object.entries(limits.plugin ?? {}).map(([pluginId, { ipAllowList }]): (typeof lists)[number] => [
      ['rateLimit', 'plugin', pluginId, 'ipAllowList'],
      ipAllowList,
    ]),
  ];
  return {
    problems: lists.flatMap(([path, entries = []]) => faultsOf(config, ['backend', ...path], entries)),
  };
}

function faultsOf(config: Config, path: readonly string[], entries: readonly string[]): ConfigProblem[] {
  const key = path.join('.');
  return entries.flatMap((entry): ConfigProblem[] => {
    try {
      addressList([entry], key);
      return [];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { code, message } = error;
      return [configProblemAt(config, path, { code, message })];
    }
  });
}

/** Nothing where the schema refuses it, whatever it says of the keys beside it. */
function readable<K extends 'trustProxy' | 'rateLimit'>(config: Config, key: K): HttpConfig[K] {
  const schema = httpConfigSchema.shape.backend.unwrap().shape[key];
  const value = asObject(config.getOptional('backend'))[key];
  return schema.safeParse(convertTexts(value, schema)).data as HttpConfig[K];
}
