/** Whether the certificate and the key in the config can be used, looked at before anything is made. */
import { createSecureContext } from 'node:tls';
import {
  asObject,
  configProblemAt,
  type ConfigJudgeContext,
  type ConfigJudgeFindings,
} from '@vestibule/backend-plugin-api';

/** What is wrong with the two, and the next step. */
export const certificateFault = {
  code: 'ERR_HTTP_TLS_INVALID',
  message: 'backend.https.certificate cannot be used: cert and key must be PEM texts that belong together',
  suggestion: 'Read files with $file.',
} as const;

/** Elsewhere than on site their texts are not known: they come from files or from the environment. */
export function judgeCertificate({ config, isOnSite }: ConfigJudgeContext): ConfigJudgeFindings {
  if (!isOnSite) return {};
  const { certificate } = asObject(asObject(config.getOptional('backend'))['https']);
  const { cert, key } = asObject(certificate);
  // What is no text is for the schema to refuse.
  if (typeof cert !== 'string' || typeof key !== 'string') return {};
  try {
    createSecureContext({ cert, key });
    return {};
  } catch {
    return { problems: [configProblemAt(config, 'backend.https.certificate', certificateFault)] };
  }
}
