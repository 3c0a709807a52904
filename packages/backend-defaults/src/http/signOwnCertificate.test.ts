import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { signOwnCertificate } from './signOwnCertificate.ts';

function certificateFor(hosts: readonly string[], notAfter = '2027-03-01T00:00:00.000Z') {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = signOwnCertificate(
    {
      commonName: 'Ours',
      hosts,
      notBeforeMilliseconds: Date.parse('2026-12-01T00:00:00.000Z'),
      notAfterMilliseconds: Date.parse(notAfter),
    },
    keys,
  );
  return { certificate: new X509Certificate(pem), keys };
}

it('writes a certificate that its own key has signed, for servers alone', () => {
  const { certificate, keys } = certificateFor(['localhost']);
  expect(certificate.verify(keys.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(keys.privateKey)).toBe(true);
  expect([certificate.subject, certificate.issuer]).toEqual(['CN=Ours', 'CN=Ours']);
  expect(certificate.ca).toBe(false);
  // serverAuth
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(certificate.serialNumber).toMatch(/^01[0-9A-F]{30}$/);
});

it.each([
  ['in this century', '2027-03-01T00:00:00.000Z', 'Mar  1 00:00:00 2027 GMT'],
  ['when years need four digits', '2050-01-01T00:00:00.000Z', 'Jan  1 00:00:00 2050 GMT'],
])('says until when it is good, %s', (_, notAfter, said) => {
  const { certificate } = certificateFor(['localhost'], notAfter);
  expect([certificate.validFrom, certificate.validTo]).toEqual(['Dec  1 00:00:00 2026 GMT', said]);
});

it('names hosts and addresses, however they are written and however many', () => {
  const addresses = [
    '127.0.0.1',
    '::1',
    '2001:db8::8:800:200c:417a',
    'fe80:0:0:0:1:2:3:4',
    '::ffff:10.0.0.1',
    '2001:db8::',
  ];
  const names = Array.from({ length: 40 }, (_, index) => `host-${index}.example.com`);
  const { certificate } = certificateFor([...names, ...addresses]);
  for (const name of names) expect(certificate.checkHost(name)).toBe(name);
  for (const address of addresses) expect(certificate.checkIP(address)).toBe(address);
  expect(certificate.checkHost('host-40.example.com')).toBeUndefined();
  expect(certificate.checkIP('10.0.0.2')).toBeUndefined();
});
