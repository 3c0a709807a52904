/**
 * `backend.https: true`: a certificate that the backend signs itself, for development. Browsers warn of it once, and go on
 * with it until it changes; so it is kept between starts.
 */
import { createPrivateKey, generateKeyPair, X509Certificate } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { systemClock, type ClockService, type LoggerService } from '@vestibule/backend-plugin-api';
import { signOwnCertificate } from './signOwnCertificate.ts';

/** PEM texts. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

const validDays = 90;
const renewDays = 5;
const dayMilliseconds = 24 * 60 * 60 * 1000;
// Where tools keep what they can make again. Not shared, and not in a repository.
const cacheFile = 'node_modules/.cache/vestibule/dev-cert.pem';

/**
 * The certificate of earlier starts, or a new one, which is kept where the working directory has `node_modules`.
 *
 * @param host - As `backend.baseUrl` names it. `localhost` and the loopback addresses are always covered.
 */
export async function keptSelfSignedPair(
  host: string,
  logger: LoggerService,
  clock: ClockService = systemClock,
): Promise<CertificatePair> {
  const file = resolve(cacheFile);
  const kept = await readKept(file, host, clock);
  const pair = kept ?? (await makeSelfSignedPair(host, clock));
  const isKept = kept !== undefined || (await keep(file, pair));
  logger.info(
    isKept
      ? `The certificate for https is self-signed: ${file}. Node programs trust it with NODE_EXTRA_CA_CERTS`
      : 'The certificate for https is self-signed, and made anew at each start: there is no node_modules to keep it in',
  );
  return pair;
}

/** Makes a pair that is good for 90 days. */
export async function makeSelfSignedPair(
  host: string,
  clock: ClockService = systemClock,
): Promise<CertificatePair> {
  const keys = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const cert = signOwnCertificate(
    {
      commonName: 'Vestibule, for development',
      hosts: namesOf(host),
      notBeforeMilliseconds: clock.now() - dayMilliseconds,
      notAfterMilliseconds: clock.now() + validDays * dayMilliseconds,
    },
    keys,
  );
  return { cert, key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** `undefined` where there is none, or one that ends soon, is for another host, or cannot be read. */
async function readKept(
  file: string,
  host: string,
  clock: ClockService,
): Promise<CertificatePair | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    const certificate = new X509Certificate(text);
    const isFresh = Date.parse(certificate.validTo) - clock.now() > renewDays * dayMilliseconds;
    const isForHost = namesOf(host).every((name) =>
      isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name),
    );
    const isPair = certificate.checkPrivateKey(createPrivateKey(text));
    return isFresh && isForHost && isPair ? { cert: text, key: text } : undefined;
  } catch {
    return undefined;
  }
}

async function keep(file: string, { cert, key }: CertificatePair): Promise<boolean> {
  try {
    await stat(resolve('node_modules'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, cert + key, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

function namesOf(host: string): string[] {
  return [...new Set(['localhost', '127.0.0.1', '::1', host.replace(/^\[(.*)\]$/, '$1')])];
}
