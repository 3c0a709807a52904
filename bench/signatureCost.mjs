import { generateKeyPairSync, sign } from 'node:crypto';

const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** CPU of one ES256 signature by node:crypto, in microseconds: a token has at least one. */
export function signatureCost(count = 1000) {
  const data = Buffer.alloc(300, 'a token');
  const before = process.cpuUsage();
  for (let made = 0; made < count; made += 1) sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
