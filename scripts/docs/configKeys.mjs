// Prints every config key that the product reads, as JSON, from the schemas that its packages carry: `{ page, modules }`, where
// `modules` has those of one type of provider by the README that tells of them, and `places` where they stand. Runs from source:
//   node --conditions=vestibule:source --import ./scripts/ts.mjs scripts/docs/configKeys.mjs
import { readdirSync } from 'node:fs';
import * as core from '../../packages/backend-core/src/boot/bootSettings.ts';
import * as devIdp from '../../packages/dev-idp/src/index.ts';
import * as defaults from '../../packages/backend-defaults/src/index.ts';
import { providerDefinitionOf } from '../../plugins/auth-node/src/index.ts';
import * as auth from '../../plugins/auth-backend/src/index.ts';
import * as authConfig from '../../plugins/auth-backend/src/config.ts';
import * as oauthServer from '../../plugins/auth-backend-module-oauth-server/src/index.ts';
import * as web from '../../plugins/auth-web/src/index.ts';
import * as catalog from '../../plugins/catalog-client/src/index.ts';

const units = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'];
const keys = new Set();
const modules = {};
const places = {};

for (const exported of [core, defaults, auth, oauthServer, web, catalog, devIdp].flatMap((one) =>
  Object.values(one),
)) {
  collect(keys, exported?.configSchema ?? exported, '');
}
collect(keys, authConfig.instanceSchema, 'auth.providers.<id>');
collect(keys, authConfig.oauthSettingsSchema('required'), 'auth.providers.<id>.<env>');
for (const name of readdirSync(new URL('../../plugins/', import.meta.url))) {
  if (!/^auth-backend-module-.+-provider$/.test(name)) continue;
  const { default: feature } = await import(`../../plugins/${name}/src/index.ts`);
  const found = new Set();
  const { providerId, factory } = feature.authProvider;
  const { configSchema, kind } = providerDefinitionOf(factory);
  collect(found, configSchema, '');
  places[`plugins/${name}/README.md`] = `auth.providers.${providerId}.${kind === 'oauth' ? '<name>.' : ''}`;
  modules[`plugins/${name}/README.md`] = [...found].sort();
}
console.log(JSON.stringify({ page: [...keys].sort(), modules, places }));

function collect(found, schema, prefix) {
  const json = schema?.['~standard']?.jsonSchema?.input({ target: 'draft-2020-12' });
  if (json) walk(found, json, prefix);
}

/** Adds the leaves. A duration given as an object is one leaf; a key that may never be set, that another replaced, or that another package reads, is none. */
function walk(found, schema, path) {
  if (schema.replacedBy || schema.readBy || (schema.not && Object.keys(schema.not).length === 0)) return;
  const branches = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  let isLeaf = true;
  for (const branch of branches) {
    const properties = Object.entries(branch.properties ?? {});
    if (properties.length > 0 && properties.every(([name]) => units.includes(name))) continue;
    for (const [name, value] of properties) {
      isLeaf = false;
      walk(found, value, path === '' ? name : `${path}.${name}`);
    }
    for (const [value, step] of [
      [branch.additionalProperties, '.<name>'],
      [branch.items, '[]'],
    ]) {
      if (typeof value !== 'object' || !hasKeys(value)) continue;
      isLeaf = false;
      walk(found, value, path + step);
    }
  }
  if (isLeaf && path !== '') found.add(path);
}

function hasKeys(schema) {
  return [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].some(
    ({ properties }) => properties && Object.keys(properties).length > 0,
  );
}
