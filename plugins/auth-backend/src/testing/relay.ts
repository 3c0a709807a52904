/** Userinfo as other plugins ask it: a portal with a plugin that hands out its own tokens. */
import { coreServices, createBackendPlugin } from '@vestibule/backend-plugin-api';
import { Browser } from './browser.ts';
import { startPortal } from './portal.ts';

/** Answers the token with which it calls the plugin that the path names, for whoever calls it. */
const relayPlugin = createBackendPlugin({
  pluginId: 'relay',
  register({ registerInit }) {
    registerInit({
      deps: { httpRouter: coreServices.httpRouter, httpAuth: coreServices.httpAuth, auth: coreServices.auth },
      init({ httpRouter, httpAuth, auth }) {
        httpRouter.use(async (request, response, next) => {
          try {
            const [, of, targetPluginId = ''] = (request.url ?? '').split('/');
            const caller = await httpAuth.credentials(request, { allow: ['user'] });
            const onBehalfOf = of === 'own' ? await auth.getOwnServiceCredentials() : caller;
            response.end((await auth.getPluginRequestToken({ onBehalfOf, targetPluginId })).token);
          } catch (error) {
            next(error);
          }
        });
      },
    });
  },
});

/** A portal with that plugin, and Jane signed in. */
export async function startRelayPortal() {
  const portal = await startPortal({ features: [relayPlugin] });
  const { message } = await portal.signIn(new Browser());
  const jane = message?.response?.backstageIdentity?.token ?? '';
  return {
    stop: async () => portal.stop(),

    /** With which the plugin `relay` calls another: on behalf of Jane, or of itself. */
    async tokenOf(whom: 'jane' | 'own', targetPluginId: string): Promise<string> {
      const answer = await fetch(`${portal.url}/api/relay/${whom}/${targetPluginId}`, {
        headers: { authorization: `Bearer ${jane}` },
      });
      return answer.text();
    },

    async userinfo(token: string): Promise<{ status: number; body: unknown }> {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${portal.base}/v1/userinfo`, { headers });
      return { status: answer.status, body: await answer.json() };
    },
  };
}
