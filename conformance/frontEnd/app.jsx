// An ordinary Backstage app of the real packages. It knows of the backend what its config says: `backend.baseUrl`.
// `app.signInPage` in its config says which sign-in page it has, which an app otherwise has in its code.
import { createApp } from '@backstage/app-defaults';
import { AppRouter, OAuth2 } from '@backstage/core-app-api';
import { AlertDisplay, OAuthRequestDialog, ProxiedSignInPage, SignInPage } from '@backstage/core-components';
import {
  configApiRef,
  createApiFactory,
  createApiRef,
  discoveryApiRef,
  githubAuthApiRef,
  googleAuthApiRef,
  oauthRequestApiRef,
  useApi,
} from '@backstage/core-plugin-api';
import { createRoot } from 'react-dom/client';
import { Home } from './home.jsx';

const oidcAuthApiRef = createApiRef({ id: 'auth.oidc' });

const oidcAuthApiFactory = createApiFactory({
  api: oidcAuthApiRef,
  deps: { configApi: configApiRef, discoveryApi: discoveryApiRef, oauthRequestApi: oauthRequestApiRef },
  factory: ({ configApi, discoveryApi, oauthRequestApi }) =>
    OAuth2.create({
      configApi,
      discoveryApi,
      oauthRequestApi,
      environment: configApi.getOptionalString('auth.environment'),
      provider: { id: 'oidc', title: 'OpenID Connect', icon: () => null },
      defaultScopes: ['openid', 'profile', 'email'],
    }),
});

const providers = {
  oidc: { id: 'oidc', title: 'OpenID Connect', message: 'Sign in with oidc', apiRef: oidcAuthApiRef },
  github: { id: 'github', title: 'GitHub', message: 'Sign in with GitHub', apiRef: githubAuthApiRef },
  google: { id: 'google', title: 'Google', message: 'Sign in with Google', apiRef: googleAuthApiRef },
};

/** The page for `several`, `proxied`, or for the one provider that is named. */
function ConfiguredSignInPage(props) {
  const page = useApi(configApiRef).getString('app.signInPage');
  if (page === 'proxied') return <ProxiedSignInPage {...props} provider="guest" />;
  if (page === 'several') return <SignInPage {...props} providers={['guest', ...Object.values(providers)]} />;
  return <SignInPage {...props} provider={providers[page]} />;
}

const app = createApp({
  apis: [oidcAuthApiFactory],
  components: { SignInPage: ConfiguredSignInPage },
});

const Root = app.createRoot(
  <>
    <AlertDisplay />
    <OAuthRequestDialog />
    <AppRouter>
      <Home authApis={Object.values(providers)} />
    </AppRouter>
  </>,
);

createRoot(document.getElementById('root')).render(<Root />);
