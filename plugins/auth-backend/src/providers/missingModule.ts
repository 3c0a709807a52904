/**
 * A block under `auth.providers` whose type nobody installed: what is known of the name, and the next step. Ours or for
 * Backstage, an id of earlier, one that is misspelt, an OpenID Provider under any name, or code of the installation.
 */
import {
  configProblemAt,
  isObject,
  nearestName,
  type Config,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';
import { earlierIds, knownProviderTypes, packageOfProvider } from '@vestibule/plugin-auth-node';

/** A warning; the start fails only where no other provider is left. */
export function missingModule(
  config: Config,
  { providerId, type, installed }: { providerId: string; type: string; installed: readonly string[] },
): ConfigProblem {
  const path = `auth.providers.${providerId}`;
  const block = config.getOptionalConfig(path)?.getOptional<Record<string, unknown>>() ?? {};
  return configProblemAt(config, path, {
    what: `is configured, but no module provides '${type}'`,
    suggestion: nextStep({ providerId, type, installed, block }),
    at: 'key',
  });
}

function nextStep(options: {
  providerId: string;
  type: string;
  installed: readonly string[];
  block: Readonly<Record<string, unknown>>;
}): string {
  const { providerId, type, installed, block } = options;
  const isType = type !== providerId;
  const written = (name: string) => (isType ? `type: ${name}` : name);
  const settings = settingsOf(block);
  const isOpenId = Object.hasOwn(settings, 'metadataUrl');
  const known = packageOfProvider(type);
  // No other module that is known takes a metadataUrl.
  if (known !== undefined)
    return isOpenId && type !== 'oidc' ? openIdOr(addPackage(known)) : addPackage(known);

  const today = todaysId(type);
  if (today === null) {
    return `Backstage offers '${type}' no more, and there is no module for it: put an OpenID Provider that speaks it in between, and write 'type: oidc'`;
  }
  if (today !== undefined) {
    const missing = installed.includes(today) ? undefined : packageOfProvider(today);
    return `It is called '${today}' today: write '${written(today)}'${missing === undefined ? '' : `. ${addPackage(missing)}`}`;
  }
  const near = nearestName(type, installed);
  const meant = near === undefined ? '' : `Did you mean '${written(near)}'? `;
  if (isOpenId) return meant + openIdOr('Add the module that provides it with backend.add(…).');
  const other = near === undefined ? nearestName(type, knownProviderTypes) : undefined;
  const toAdd = other === undefined ? undefined : packageOfProvider(other);
  if (other !== undefined && toAdd !== undefined) {
    return `Did you mean '${written(other)}'? ${addPackage(toAdd)}`;
  }
  const openId = Object.hasOwn(settings, 'clientId')
    ? " For an OpenID Provider, write 'type: oidc' in the block, and its metadataUrl."
    : '';
  const types = installed.map((id) => `'type: ${id}'`).join(', ') || 'none is';
  return (
    `${meant}It is provided by code of the installation, if at all. Add the module that provides it with backend.add(…), ` +
    `or name a type that is installed: ${types}.${openId}`
  );
}

function openIdOr(step: string): string {
  const other = step.charAt(0).toLowerCase() + step.slice(1);
  return `It has a metadataUrl, as an OpenID Provider has: write 'type: oidc' in the block, or ${other}`;
}

function addPackage(name: string): string {
  return `Add one: backend.add(import('${name}'))`;
}

/** What an id of earlier is called now; `null` where it is nothing any more. */
function todaysId(id: string): string | null | undefined {
  const folded = fold(id);
  if (Object.hasOwn(earlierIds, folded)) return earlierIds[folded];
  return knownProviderTypes.find((one) => fold(one) === folded);
}

/** As it is written without separators: `gcp-iap`, `gcpiap` and `gcpIap` are one name. */
function fold(id: string): string {
  return id.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The keys of the block and of its environments. */
function settingsOf(block: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const environments = Object.values(block).filter(isObject);
  return Object.assign({}, ...environments, block) as Record<string, unknown>;
}
