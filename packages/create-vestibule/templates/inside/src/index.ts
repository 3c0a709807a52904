/** A small Backstage backend whose sign-in is Vestibule's. What stands between the lines goes into a backend that you have. */
import { createBackend } from '@backstage/backend-defaults';
// when: sqlite
import { databaseServiceFactory } from '@vestibule/backend-defaults';
// end

const backend = createBackend();
// when: sqlite
// SQLite that needs no compiler; Backstage's own would be the package better-sqlite3.
backend.add(databaseServiceFactory);
// end
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('./page/plugin.ts'));

// ---- in place of @backstage/plugin-auth-backend and its modules ----
backend.add(import('@vestibule/plugin-auth-backend'));
// when: oidc
backend.add(import('@vestibule/plugin-auth-backend-module-oidc-provider'));
// end
// when: google
backend.add(import('@vestibule/plugin-auth-backend-module-google-provider'));
// end
// when: github
backend.add(import('@vestibule/plugin-auth-backend-module-github-provider'));
// end
// when: guest
backend.add(import('@vestibule/plugin-auth-backend-module-guest-provider'));
// end
backend.add(import('./signIn/module.ts'));
// --------------------------------------------------------------------
// when: dev-idp

// The identity provider of development, with ready people.
if (process.env.NODE_ENV === 'development') backend.add(import('@vestibule/dev-idp'));
// end

void backend.start();
