/** The keys of the OAuth server: `auth.clientIdMetadataDocuments` and its neighbours. */
import { asObject, type JsonObject } from '@vestibule/backend-plugin-api';
import { at } from './blocks.ts';
import type { Installation } from './readInstallation.ts';
import type { Finding } from './report.ts';

const documentKeys = ['clientIdMetadataDocuments', 'experimentalClientIdMetadataDocuments'] as const;
const staticKey = 'staticClients';
const registrationKey = 'experimentalDynamicClientRegistration';
const refreshKey = 'experimentalRefreshToken';

/** Where it does something else here. */
export function findOAuthServerDifferences(installation: Installation): Finding[] {
  const { documents, registration, statics, refresh } = switchedOn(installation);
  const key = documents ?? statics ?? registration;
  if (key === undefined) return [];
  const add = adder(installation, ':');
  return [
    add(
      key,
      "PKCE is S256 only, and the client is told of errors at its own address, with 'iss'. There, 'plain' passes before 0.31, and errors stay at the server",
      'Nothing to do: clients of today use S256.',
    ),
    add(
      key,
      'requests are kept in tables of our own; what clients and users were given there is not taken over',
      'Clients register, and users approve, once more.',
    ),
    ...(registration === undefined
      ? []
      : [
          add(
            registration,
            'a client that was given a secret has to prove it when it redeems a code or refreshes, and to use PKCE. There it need not; since 0.31 there is no registration',
            'Nothing to do for clients that keep to what they registered.',
          ),
        ]),
    ...(refresh === undefined
      ? []
      : [
          add(
            refresh,
            'each approval gives tokens of its own, so that two machines do not end each other; a token that is used again after it was replaced ends its successors',
            'Nothing to do.',
          ),
        ]),
  ];
}

/** Where it lets in more, or does less, than it looks like. */
export function findOAuthServerWeaknesses(installation: Installation): Finding[] {
  const { documents, registration, refresh, blocks } = switchedOn(installation);
  const add = adder(installation, '');
  const findings: Finding[] = [];
  if (registration !== undefined) {
    findings.push(
      add(
        registration,
        'lets anybody register clients, under any name, and is deprecated: the next release no longer has it, as Backstage since 0.31',
        "Set 'auth.clientIdMetadataDocuments' instead, where your clients have a metadata document, or name them in 'auth.staticClients'.",
      ),
    );
  }
  const [ofNow, ofOld] = documentKeys;
  if (blocks[ofOld] !== undefined) {
    const isIgnored = blocks[ofNow] !== undefined;
    findings.push(
      add(
        ofOld,
        isIgnored ? `has no effect beside auth.${ofNow}` : 'is the name of old',
        isIgnored ? 'Remove it.' : `Rename it to '${ofNow}'.`,
      ),
    );
  }
  const { enabled, dangerouslyDisableCatalogPresenceCheck: isUnchecked } = asObject(blocks[refreshKey]);
  if (enabled === true && refresh === undefined) {
    findings.push(
      add(
        refreshKey,
        'has no effect: no client could be known',
        "Set 'auth.clientIdMetadataDocuments' or 'auth.staticClients'.",
      ),
    );
  }
  if (refresh !== undefined && isUnchecked === true) {
    findings.push(
      add(
        `${refreshKey}.dangerouslyDisableCatalogPresenceCheck`,
        'keeps giving tokens to clients of people who have left the catalog',
        'Remove it, unless people sign in who are in no catalog.',
      ),
    );
  }
  const patterns = documents === undefined ? [] : asObject(blocks[documents])['allowedClientIdPatterns'];
  if (Array.isArray(patterns) && patterns.some((one) => one === '*' || one === 'https://*')) {
    findings.push(
      add(
        `${documents}.allowedClientIdPatterns`,
        'lets any address on the internet be a client',
        'Name the hosts of your clients.',
      ),
    );
  }
  return findings;
}

/** The keys of what is on; refreshing is only where clients can be. */
function switchedOn({ config }: Installation) {
  const blocks: JsonObject = asObject(config.getOptional('auth'));
  const isOn = (key: string) => asObject(blocks[key])['enabled'] === true;
  const documents = documentKeys.find((key) => blocks[key] !== undefined);
  const named = blocks[staticKey];
  const [ofDocuments, ofRegistration, statics] = [
    documents !== undefined && isOn(documents) ? documents : undefined,
    isOn(registrationKey) ? registrationKey : undefined,
    Array.isArray(named) && named.length > 0 ? staticKey : undefined,
  ];
  const hasClients = (ofDocuments ?? ofRegistration ?? statics) !== undefined;
  return {
    blocks,
    documents: ofDocuments,
    registration: ofRegistration,
    statics,
    refresh: hasClients && isOn(refreshKey) ? refreshKey : undefined,
  };
}

function adder({ config }: Installation, colon: string) {
  return (key: string, says: string, nextStep: string): Finding => {
    const place = at(config, ['auth', ...key.split('.')]);
    return { ...place, message: `${place.key}${colon} ${says}`, nextStep };
  };
}
