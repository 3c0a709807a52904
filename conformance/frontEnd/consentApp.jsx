// A Backstage app of the new front-end system with the real `@backstage/plugin-auth`, whose page at /oauth2/authorize asks
// for consent. People come in as guests.
import { ProxiedSignInPage } from '@backstage/core-components';
import { createApp } from '@backstage/frontend-defaults';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';
import authPlugin from '@backstage/plugin-auth';
import { createRoot } from 'react-dom/client';

const signInPage = SignInPageBlueprint.make({
  params: { loader: async () => (props) => <ProxiedSignInPage {...props} provider="guest" /> },
});

const app = createApp({
  features: [authPlugin, createFrontendModule({ pluginId: 'app', extensions: [signInPage] })],
});

createRoot(document.getElementById('root')).render(app.createRoot());
