/** What a start would refuse or disable, and what Backstage's own module would. */
import { asObject, nearestName } from '@vestibule/backend-plugin-api';
import {
  backstageProviders,
  commonKeys,
  emailResolvers,
  isKnownProviderType,
} from '@vestibule/plugin-auth-node';
import { faultsToMend, type Fault } from '../judgement.ts';
import { at, blocksOf, valueAt, type ProviderBlock } from './blocks.ts';
import type { InstallationJudgement } from './judgeInstallation.ts';
import { formatPath, type Installation } from './readInstallation.ts';
import type { Finding } from './report.ts';

export function findFaults(judgement: InstallationJudgement): Finding[] {
  const { installation } = judgement;
  return [
    ...faultsToMend(judgement).map(findingOf),
    ...blocksOf(installation).flatMap((block) => hostedFaults(installation, block)),
  ];
}

/** The keys that belong to somebody else, or that others have replaced: a start tells of them, and goes on. */
export function findForeign({ warnings }: InstallationJudgement): Finding[] {
  return warnings.filter((one) => !isProvider(one.path) && !saysOfNobody(one)).map(findingOf);
}

/** A start tells that nobody can sign in, and goes on. */
export function findNobody({ warnings }: InstallationJudgement): Finding[] {
  return warnings.filter(saysOfNobody).map(findingOf);
}

function saysOfNobody({ code, path }: Fault): boolean {
  return code !== 'ERR_CONFIG_UNKNOWN_KEY' && (path === 'auth.providers' || path === 'auth.environment');
}

/** Silent there; here a warning at every start. Those for which there is a package are listed with it. */
export function findUnknownProviders({ installation, warnings }: InstallationJudgement): Finding[] {
  return warnings
    .filter(({ path }) => isProvider(path))
    .filter(({ path }) => {
      const [providerId = ''] = path.split('.').slice(-1);
      const { type = providerId } = asObject(valueAt(installation.config, path.split('.')));
      return typeof type !== 'string' || !isKnownProviderType(type);
    })
    .map(findingOf);
}

/** The path of a block, and not of what is in it. */
function isProvider(path: string): boolean {
  return /^auth\.providers\.[^.[]+$/.test(path);
}

/** What only the environment could tell. */
export function findUndecided({ installation, undecided }: InstallationJudgement): Finding[] {
  return [
    ...installation.unknownIncludes.map(({ name, path, location }) => ({
      key: path,
      message: `${path || 'the config'} comes from '${name}': which that is, only the environment tells`,
      nextStep: 'Judge the config again with that file written out.',
      ...(location && { location }),
    })),
    ...installation.outside
      .map(({ path }) => at(installation.config, path))
      .filter(({ key }) => undecided.includes(key))
      .map((place) => ({
        ...place,
        message: `${place.key} comes from the environment: what depends on it was judged only as far as it holds for any value`,
      })),
  ];
}

function findingOf({ path, message, location, suggestion }: Fault): Finding {
  return {
    key: path,
    message,
    ...(location && { location }),
    ...(suggestion !== undefined && { nextStep: suggestion }),
  };
}

/** Why a hosted module of Backstage would refuse its block, there as here. */
function hostedFaults({ config }: Installation, block: ProviderBlock): Finding[] {
  const provider = backstageProviders[block.type];
  if (!provider) return [];
  if (block.type !== 'oidc' && block.settings['metadataUrl'] !== undefined) {
    return [
      {
        ...at(config, block.path),
        message: `${formatPath(block.path)} has a metadataUrl, which the module of '${block.type}' does not take`,
        nextStep: `For an OpenID Provider, write 'type: oidc' at auth.providers.${block.providerId}.`,
      },
    ];
  }
  const required = [...(provider.required ?? []), ...(block.isProxyType ? [] : commonKeys.required)];
  const missing = required
    .filter((key) => block.settings[key] === undefined)
    .map((key): Finding => {
      const near = nearestName(
        key,
        Object.keys(block.settings).filter((one) => !required.includes(one)),
      );
      return {
        ...at(config, block.path),
        key: [...block.path, key].join('.'),
        message: `${[...block.path, key].join('.')} is required by the module of '${block.type}'`,
        ...(near !== undefined && { nextStep: `Is '${near}' meant for it?` }),
      };
    });
  const known = [...(provider.resolvers ?? []), ...(provider.hasNoEmailResolvers ? [] : emailResolvers)];
  const unknown = (block.resolvers ?? [])
    .filter(({ name }) => !known.includes(name))
    .map(({ name, path }): Finding => {
      const near = nearestName(name, known);
      const place = at(config, [...path, 'resolver']);
      return {
        ...place,
        message: `${place.key} names '${name}', which is no resolver of Backstage's module for '${block.type}'`,
        nextStep: `${near === undefined ? '' : `Did you mean '${near}'? `}There are: ${known.join(', ')}.`,
      };
    });
  return [...missing, ...unknown];
}
