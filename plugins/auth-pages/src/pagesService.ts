/** The service `vestibule.auth.pages`: what every page of sign-in is made by, and what the host shows to people where it refuses. */
import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  errorPagesServiceRef,
  readConfig,
} from '@vestibule/backend-plugin-api';
import { backendUrl } from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import { signInPageSchema } from './config.ts';
import { hostErrorPage } from './html/hostErrorPage.ts';
import { Pages } from './pages.ts';

/** What of the config the pages read. */
const schema = z.object({
  app: z.looseObject({ title: z.string().optional(), baseUrl: z.string().optional() }).optional(),
  auth: z.looseObject({ signInPage: signInPageSchema.optional() }).optional(),
});

/**
 * Comes with its own default on every host, and the config was judged before. While it is there, our host answers people
 * with its pages, too: where nothing is at an address, a plugin has not started, or a caller asks too often.
 *
 * @public
 */
export const pagesServiceRef = createServiceRef<Pages>({
  id: 'vestibule.auth.pages',
  scope: 'root',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: { config: coreServices.rootConfig, errorPages: errorPagesServiceRef },
      factory({ config, errorPages }) {
        const { app = {}, auth = {} } = readConfig({ config, schema, owner: "plugin 'auth'" });
        const pages = new Pages({ title: app.title, settings: auth.signInPage });
        const appUrl = app.baseUrl ?? backendUrl(config, 'http://localhost/');
        errorPages.renderBy(hostErrorPage(pages, appUrl));
        return pages;
      },
    }),
});
