// A real Backstage backend that has no auth plugin and none of our packages: it loads what is in `dynamicPlugins.rootDirectory`.
// Tells its parent what happened, and from which files its dynamic plugins came.
// Usage: node dynamicPlugins/backend.mjs FOLDER --config FILE
import { createRequire } from 'node:module';
import { createBackend } from '@backstage/backend-defaults';
import { dynamicPluginsFeatureLoader } from '@backstage/backend-dynamic-feature-service';
import { whoami } from '../dropIn/whoami.mjs';

const [, , folder] = process.argv;
const backend = createBackend();
backend.add(dynamicPluginsFeatureLoader);
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(whoami);

try {
  const { result } = await backend.start();
  const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.startsWith(folder));
  process.send({ loaded, outcome: result.outcome, plugins: result.plugins });
} catch (error) {
  process.send({ error: String(error?.stack ?? error) });
}
