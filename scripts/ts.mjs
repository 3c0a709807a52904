// Lets Node run the TypeScript sources as they are:
//   node --conditions=vestibule:source --enable-source-maps --import ./scripts/ts.mjs FILE.ts
import { register } from 'node:module';

register('./tsHooks.mjs', import.meta.url);
