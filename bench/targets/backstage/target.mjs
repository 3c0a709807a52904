import { mkdirSync, writeFileSync } from 'node:fs';
import { backstageWire } from '../../backstageWire.mjs';
import { here } from '../../server.mjs';
import { portalConfig } from '../portalConfig.mjs';
import { versionIn } from '../versionIn.mjs';

const folderHere = `${here}/targets/backstage`;

/** Backstage's auth backend on its own host and database. */
export const backstage = {
  title: 'Backstage',
  folder: folderHere,
  version: () => versionIn(folderHere, ['@backstage/plugin-auth-backend', '@backstage/backend-defaults']),
  lacks: {
    start: 'the attempt is a row of its database; it is not sealed',
    'sign-in':
      'no session of its own: the browser keeps the refresh token of the provider; no record of the decision',
  },
  prepare(options) {
    const { folder, port, stubs } = options;
    const config = `${folder}/app-config.yaml`;
    writeFileSync(config, JSON.stringify(portalConfig(options)));
    mkdirSync(`${folder}/database`, { recursive: true });
    // It looks for one from where it is started upwards.
    writeFileSync(`${folder}/package.json`, '{"name":"portal"}');
    return {
      program: {
        args: [`${folderHere}/server.mjs`, '--config', config],
        cwd: folder,
        port,
        readyPath: '/api/auth/.well-known/jwks.json',
      },
      flows: backstageWire({ idp: stubs }),
    };
  },
};
