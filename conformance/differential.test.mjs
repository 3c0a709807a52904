// The same requests to Backstage's auth backend and to ours, each on its own host and in a process of its own, with the same
// config, catalog and vendors. The answers are compared field by field; what differs on purpose stands in differential/…Differences.mjs,
// for which set of Backstage it does. Everything else fails the run of a set, as does what is listed for it and does not differ.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBackstage } from './backstageProcess.mjs';
import { createVisitor } from './differential/browser.mjs';
import { cases } from './differential/cases.mjs';
import { fieldsOf } from './differential/fields.mjs';
import { compareFields, isListedAt } from './differential/listed.mjs';
import { checkDifferencesPage } from './differential/page.mjs';
import { configOf, portals } from './differential/portals.mjs';
import { isOfSet } from './differential/sets.mjs';
import { startVendors } from './differential/vendors.mjs';
import { differences } from './differential/differences.mjs';

const places = differences.flatMap(({ id, at }) => at.filter(isHere).map((place) => ({ id, place })));
const occurring = new Set();

for (const [portalName, portal] of Object.entries(portals).filter(([, one]) => isHere(one))) {
  test(`the portal '${portalName}' answers as Backstage's does`, async (context) => {
    const vendors = await startVendors(context);
    const hosts = await Promise.all(
      ['backstage', portal.ours ?? 'vestibule'].map(async (auth) =>
        startHost(context, auth, portal, vendors),
      ),
    );
    for (const one of cases[portalName].filter(isHere)) {
      await context.test(one.name, async () => {
        const [theirs, ours] = [
          await visit(one, portal, hosts[0], vendors),
          await visit(one, portal, hosts[1], vendors),
        ];
        const names = (exchanges) => exchanges.map(({ name }) => name);
        assert.deepEqual(names(ours), names(theirs));
        assert.equal(
          new Set(names(theirs)).size,
          theirs.length,
          'each exchange of a case has a name of its own',
        );
        const unlisted = theirs.flatMap((exchange, index) =>
          findUnlisted(`${portalName} › ${one.name} › ${exchange.name}`, {
            theirs: exchange.fields,
            ours: ours[index].fields,
          }),
        );
        assert.ok(
          unlisted.length === 0,
          `not listed in differential/…Differences.mjs:\n${unlisted.map(told).join('\n')}`,
        );
      });
    }
  });
}

test('every difference that is listed is one', () => {
  const gone = places.filter(({ place }) => !occurring.has(place));
  assert.deepEqual(gone, []);
  const ids = differences.map(({ id }) => id);
  assert.deepEqual([...new Set(ids)], ids);
});

test('the page of the differences is current', async () => {
  await checkDifferencesPage();
});

function isHere(one) {
  return isOfSet(one);
}

async function startHost(context, auth, portal, vendors) {
  const host = await startBackstage(context, {
    auth,
    program: 'differential/backend.mjs',
    env: { ...portal.env, CONFORMANCE_VENDORS_PORT: String(vendors.port) },
    config: ({ port }) => configOf(portal, vendors, port),
  });
  await host.started;
  return host;
}

/** Runs a case against one host; the key set is asked for after it, since keys may be made when first used. */
async function visit(one, { baseUrl }, host, { authorize, clientDocuments, urls }) {
  const exchanges = [];
  const visitor = createVisitor({ address: host.baseUrl, baseUrl, exchanges });
  await one.run({
    authorize,
    clientDocuments,
    send: async (method, path, options) =>
      visitor.send(method, path.startsWith('/api') ? path : `/api/auth${path}`, {
        name: `${method} ${path}`,
        ...options,
      }),
  });
  const keys = await (await fetch(`${host.baseUrl}/api/auth/.well-known/jwks.json`)).json();
  return Promise.all(
    exchanges.map(async ({ name, answer }) => ({ name, fields: await fieldsOf(answer, { keys, urls }) })),
  );
}

/** What differs and is not listed; notes what is. */
function findUnlisted(of, answers) {
  return compareFields(answers).flatMap((difference) => {
    const listed = places.filter(({ place }) => isListedAt(place, { of, ...difference }, answers));
    for (const { place } of listed) occurring.add(place);
    return listed.length > 0 ? [] : [{ of, ...difference }];
  });
}

const told = ({ of, field, theirs = '(absent)', ours = '(absent)' }) =>
  `  ${of}\n    ${field}: theirs ${theirs}, ours ${ours}`;
