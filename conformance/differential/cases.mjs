// What is sent to both hosts, by portal of portals.mjs. A case is `{ name, run(visitor) }` and has a browser of its
// own; `visitor` has `send`, as in browser.mjs, and `authorize` and `clientDocuments`, as in vendors.mjs.
// Most are lists of requests, so that another one is a line of data. Paths are under /api/auth, but for those that begin with
// `/api`.
import { hosted } from './hostedCases.mjs';
import { configuredClients } from './oauthClientCases.mjs';
import { oauth, oneGate } from './oauthCases.mjs';
import { development, limited, secure } from './otherCases.mjs';
import { plain } from './plainCases.mjs';
import { refs } from './refCases.mjs';

export const cases = {
  plain,
  secure,
  development,
  hosted,
  refs,
  oauth,
  'oauth clients': configuredClients,
  'oauth secret': oneGate,
  'oauth open': oneGate,
  'oauth documents': oneGate,
  'oauth registration': oneGate,
  'oauth refreshing': oneGate,
  limited,
};
