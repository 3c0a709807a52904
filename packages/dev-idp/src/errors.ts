/** The errors of this package. */
import { NotAllowedError } from '@vestibule/backend-plugin-api';

/** The development identity provider was to start in production. Nothing had been mounted. @public */
export class DevIdpInProductionError extends NotAllowedError {
  constructor() {
    super(
      'ERR_DEV_IDP_IN_PRODUCTION',
      'devIdp.enabled is true in production, where anyone could sign in as anyone',
      { hint: 'Remove devIdp from the config, and configure a real provider under auth.providers.' },
    );
  }
}
