/**
 * A certificate that is replaced while the backend runs, as its files are: new connections see it, and open ones go on. One that
 * cannot be used, such as a key that does not belong to it, leaves the former in use.
 */
import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:tls';
import { followConfig, type Config, type LoggerService } from '@vestibule/backend-plugin-api';
import { readHttpConfig } from './httpConfig.ts';
import { certificateFault } from './judgeCertificate.ts';

/** @returns what ends it. */
export function followCertificate(server: Server, config: Config, logger: LoggerService): () => void {
  return followConfig({
    config,
    path: 'backend.https.certificate',
    onChange() {
      try {
        const { https } = readHttpConfig(config);
        if (typeof https !== 'object') throw new TypeError('backend.https.certificate is gone');
        const { cert, key } = https.certificate;
        const { validTo } = new X509Certificate(cert);
        server.setSecureContext({ cert, key });
        logger.info(`The certificate of backend.https was replaced; the new one is valid until ${validTo}`);
      } catch (error) {
        const { code, message, suggestion } = certificateFault;
        logger.error(`${message}. The former certificate stays in use. ${suggestion} (${code})`, {
          code,
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    },
  });
}
