/** The portal as a program of its own: `portalProgram.ts CONFIG`. It prints when it is ready. */
import { runBackend } from '../../runBackend.ts';
import { createPortalBackend } from './upgradedPortal.ts';

const [configFile = ''] = process.argv.slice(2);
await runBackend(createPortalBackend(configFile));
