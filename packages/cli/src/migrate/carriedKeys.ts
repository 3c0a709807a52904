/** The keys that mean here what they mean there. */
import { asObject } from '@vestibule/backend-plugin-api';
import { packageOfProvider } from '@vestibule/plugin-auth-node';
import { at, valueAt } from './blocks.ts';
import { formatPath, type Installation } from './readInstallation.ts';
import type { Finding, ModuleToAdd, NamedSource } from './report.ts';

// What is below app otherwise, and other roots, belong to the front end and to other plugins.
const readHere = /^(?:auth|backend|discovery)(?:\.|$)|^app\.(?:baseUrl|title)$/;

const durationUnit = /^(?:year|month|week|day|hour|minute|(?:milli)?second)s$/;

/** Every key that is read here, but for those that another part of the report has. A list of texts or a duration is one. */
export function carriedKeys(
  { config, leaves }: Installation,
  reported: readonly Finding[],
): { key: string; location?: NonNullable<Finding['location']> }[] {
  const isReported = (key: string) =>
    reported.some((one) => key === one.key || key.startsWith(`${one.key}.`) || key.startsWith(`${one.key}[`));
  const seen = new Set<string>();
  return leaves.flatMap(({ path }) => {
    const last = path.at(-1);
    const isPart = typeof last === 'number' || durationUnit.test(last ?? '');
    const whole = isPart ? path.slice(0, -1) : path;
    const key = formatPath(whole);
    if (!readHere.test(key) || seen.has(key) || isReported(key)) return [];
    seen.add(key);
    return [at(config, whole)];
  });
}

// Those that the host itself knows.
const ownTokenTypes: readonly unknown[] = ['static', 'legacy', 'jwks'];

/** The types under `backend.auth.externalAccess` that code has to bring, there as here. */
export function handlersOf({ config, variables }: Installation): NamedSource[] {
  const fromEnvironment = [...variables.values()].flat();
  const entries = valueAt(config, ['backend', 'auth', 'externalAccess']);
  const handlers = new Map<string, string[]>();
  for (const [index, entry] of Array.isArray(entries) ? entries.entries() : []) {
    const { type } = asObject(entry);
    const key = `backend.auth.externalAccess[${index}].type`;
    if (typeof type !== 'string' || ownTokenTypes.includes(type) || fromEnvironment.includes(key)) continue;
    handlers.set(type, [...(handlers.get(type) ?? []), key]);
  }
  return [...handlers].map(([name, keys]) => ({ name, keys }));
}

/** The packages that the blocks need, ours first. */
export function modulesOf({ config, providers }: Installation): ModuleToAdd[] {
  const modules = new Map<string, { providers: string[]; isIncluded: boolean }>();
  for (const [providerId, block] of Object.entries(asObject(valueAt(config, ['auth', 'providers'])))) {
    const { type: given } = asObject(block);
    const type = typeof given === 'string' ? given : providerId;
    const isInstalled = providers.has(type);
    const name = packageOfProvider(type);
    if (name === undefined) continue;
    const entry = modules.get(name) ?? { providers: [], isIncluded: isInstalled };
    entry.providers.push(providerId);
    modules.set(name, entry);
  }
  return [...modules]
    .map(([name, entry]) => ({ package: name, ...entry }))
    .sort((a, b) => Number(b.isIncluded) - Number(a.isIncluded));
}
