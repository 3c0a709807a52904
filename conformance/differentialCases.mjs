// What is sent to both hosts, by portal of differentialPortals.mjs. A case is `{ name, run(visitor) }` and has a browser of its
// own; `visitor` has `send`, as in differentialBrowser.mjs, and `authorize` and `clientDocument`, as in differentialVendors.mjs.
// Most are lists of requests, so that another one is a line of data. Paths are under /api/auth, but for those that begin with
// `/api`.
import { hosted } from './differentialHostedCases.mjs';
import { oauth, oneGate } from './differentialOAuthCases.mjs';
import { development, limited, secure } from './differentialOtherCases.mjs';
import { plain } from './differentialPlainCases.mjs';

export const cases = {
  plain,
  secure,
  development,
  hosted,
  oauth,
  'oauth documents': oneGate,
  'oauth registration': oneGate,
  'oauth refreshing': oneGate,
  limited,
};
