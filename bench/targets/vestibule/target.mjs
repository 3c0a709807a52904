import { readFileSync, writeFileSync } from 'node:fs';
import { installPacked } from '../../../scripts/installPacked.mjs';
import { backstageWire } from '../../backstageWire.mjs';
import { here } from '../../server.mjs';
import { portalConfig } from '../portalConfig.mjs';

const root = `${here}/..`;

/** The backend of `vestibule start`, built; the start itself is that of the command. */
export const vestibule = {
  title: 'Vestibule',
  installInto(temporaryFolder) {
    installPacked(`${temporaryFolder}/installed`);
    return `${temporaryFolder}/installed`;
  },
  version: () => JSON.parse(readFileSync(`${root}/packages/cli/package.json`, 'utf8')).version,
  lacks: {
    start: 'no row in the database: the attempt is sealed in a cookie',
    refresh: 'no call to the provider while its access token is good',
    guest: 'no call to the catalog for a user whom it said a moment ago that it does not have',
  },
  prepare(options) {
    const { folder, port, stubs } = options;
    const config = `${folder}/app-config.yaml`;
    writeFileSync(config, JSON.stringify(portalConfig(options)));
    const at = { cwd: folder, port, readyPath: '/api/auth/.well-known/jwks.json' };
    return {
      program: { ...at, args: [`${here}/targets/vestibule/server.mjs`, config] },
      startOnly: { ...at, args: [`${root}/packages/cli/bin/vestibule.js`, 'start', '--config', config] },
      flows: backstageWire({ idp: stubs }),
    };
  },
};

/** The same in its folder, as it is started: no plugin is beside it, and so no route that is protected. */
export const standalone = {
  title: 'Vestibule, standalone',
  installInto: () => `${root}/dist-standalone`,
  version: vestibule.version,
  lacks: vestibule.lacks,
  prepare(options) {
    const { startOnly, flows } = vestibule.prepare(options);
    const own = { ...flows };
    delete own.protected;
    const [, ...args] = startOnly.args;
    return {
      program: { ...startOnly, args: [`${root}/dist-standalone/vestibule.mjs`, ...args] },
      flows: own,
    };
  },
};
