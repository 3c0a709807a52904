/** Writes a certificate that its own key signs (RFC 5280), as Node reads certificates and makes none. */
import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { bitString, der, objectIdentifier, sequence, time } from './der.ts';

/** What it says. */
export interface CertificateContent {
  readonly commonName: string;
  /** Names and addresses of hosts. */
  readonly hosts: readonly string[];
  readonly notBeforeMilliseconds: number;
  readonly notAfterMilliseconds: number;
}

const ecdsaWithSha256 = sequence(objectIdentifier('2a8648ce3d040302'));
const commonName = objectIdentifier('550403');
const subjectAltName = objectIdentifier('551d11');
const critical = der(0x01, Buffer.from([0xff]));

/** For servers, and not to sign others with. */
const extensionsOfServers = [
  // basicConstraints: no authority.
  sequence(objectIdentifier('551d13'), der(0x04, sequence())),
  // keyUsage: digitalSignature, the first of the bits, of which seven are unused.
  sequence(objectIdentifier('551d0f'), critical, der(0x04, der(0x03, Buffer.from([7, 0x80])))),
  // extKeyUsage: serverAuth.
  sequence(objectIdentifier('551d25'), der(0x04, sequence(objectIdentifier('2b06010505070301')))),
];

/**
 * @param keys - Of an elliptic curve.
 * @returns PEM.
 */
export function signOwnCertificate(
  content: CertificateContent,
  keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
): string {
  const name = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(content.commonName)))));
  const signed = sequence(
    // Version 3.
    der(0xa0, der(0x02, Buffer.from([2]))),
    // The serial number: positive, and no other's.
    der(0x02, Buffer.from([1]), randomBytes(15)),
    ecdsaWithSha256,
    name,
    sequence(time(content.notBeforeMilliseconds), time(content.notAfterMilliseconds)),
    name,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(
        ...extensionsOfServers,
        sequence(subjectAltName, der(0x04, sequence(...content.hosts.map(generalName)))),
      ),
    ),
  );
  const signature = sign('sha256', signed, keys.privateKey);
  const text = sequence(signed, ecdsaWithSha256, bitString(signature)).toString('base64');
  const lines = text.replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** Section 4.2.1.6: dNSName and iPAddress. */
function generalName(host: string): Buffer {
  return isIP(host) ? der(0x87, addressOctets(host)) : der(0x82, Buffer.from(host));
}

function addressOctets(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  // In its one short form, which has no IPv4 in it.
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [before = [], after = []] = short
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':').map((group) => group.padStart(4, '0'))));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0000');
  return Buffer.from([...before, ...zeros, ...after].join(''), 'hex');
}
