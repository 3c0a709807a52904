/** What a start would refuse, and what Backstage's own module would. */
import { defaultConfigSchemas, defaultProviders } from '@vestibule/backend';
import { checkConfig, nearestName, type Config, type ConfigProblem } from '@vestibule/backend-plugin-api';
import { inspectProviders, type ProviderInspection } from '@vestibule/plugin-auth-backend';
import { backstageProviders, commonKeys, emailResolvers } from './backstageProviders.ts';
import { at, blocksOf, valueAt, type ProviderBlock } from './blocks.ts';
import type { Installation } from './readInstallation.ts';
import { findingOf, type Finding } from './report.ts';

/** The blocks as a start sees them, and the faults of the whole config. */
export async function findFaults(
  installation: Installation,
): Promise<{ mustChange: Finding[]; inspections: readonly ProviderInspection[] }> {
  const { config, isAboutStandIn } = installation;
  const inspections = await inspectProviders({ config, providers: defaultProviders });
  const problems: ConfigProblem[] = [
    ...checkConfig({ config, schemas: defaultConfigSchemas(config), isProduction: isForProduction(config) })
      .problems,
    ...inspections.flatMap((one) => one.problems),
  ];
  return {
    mustChange: [
      ...problems.filter((problem) => !isAboutStandIn(problem)).map(findingOf),
      ...blocksOf(config).flatMap((block) => hostedFaults(installation, block)),
    ],
    inspections,
  };
}

/** Most name their environment so; what only production refuses would be noise for the others. */
function isForProduction(config: Config): boolean {
  return valueAt(config, ['auth', 'environment']) === 'production';
}

/** Why a hosted module of Backstage would refuse its block, there as here. */
function hostedFaults({ config }: Installation, block: ProviderBlock): Finding[] {
  const provider = backstageProviders[block.type];
  if (!provider) return [];
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
