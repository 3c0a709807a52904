// What somebody sees who is signed in. Every value comes through the APIs that a plugin of the front end would use.
import {
  discoveryApiRef,
  fetchApiRef,
  identityApiRef,
  useApi,
  useApiHolder,
} from '@backstage/core-plugin-api';
import { useEffect, useState } from 'react';

/** Profile and identity, and buttons for what a plugin asks of the APIs. `authApis`: id and reference of each provider. */
export function Home({ authApis }) {
  const identityApi = useApi(identityApiRef);
  const fetchApi = useApi(fetchApiRef);
  const discoveryApi = useApi(discoveryApiRef);
  const apis = useApiHolder();
  const [who, setWho] = useState();
  const [shown, setShown] = useState('');

  useEffect(() => {
    Promise.all([identityApi.getProfileInfo(), identityApi.getBackstageIdentity()]).then(
      ([profile, identity]) => setWho({ profile, identity }),
    );
  }, [identityApi]);

  /** Shows the result of an act as JSON. */
  const show = (act) => async () => {
    setShown('');
    try {
      setShown(JSON.stringify(await act()));
    } catch (error) {
      setShown(JSON.stringify({ error: error.message }));
    }
  };

  const askUserInfo = async () => {
    const response = await fetchApi.fetch(`${await discoveryApi.getBaseUrl('auth')}/v1/userinfo`);
    return { status: response.status, ...(await response.json()) };
  };
  const askAccessToken = (apiRef, scope) => async () => ({
    token: await apis.get(apiRef).getAccessToken(scope),
  });

  if (!who) return null;
  return (
    <main>
      <h1>{who.profile.displayName ?? 'no name'}</h1>
      <p id="ref">{who.identity.userEntityRef}</p>
      <p id="email">{who.profile.email ?? 'no address'}</p>
      <button onClick={show(askUserInfo)}>Ask userinfo</button>
      <button onClick={show(() => identityApi.getCredentials())}>Ask credentials</button>
      {authApis.map(({ id, apiRef }) => (
        <form
          key={id}
          onSubmit={(event) => {
            event.preventDefault();
            const scope = new FormData(event.target).get('scope');
            void show(askAccessToken(apiRef, scope))();
          }}
        >
          <input name="scope" aria-label={`Scope for ${id}`} />
          <button>Ask {id} for access</button>
        </form>
      ))}
      <button onClick={() => identityApi.signOut()}>Sign out</button>
      <output>{shown}</output>
    </main>
  );
}
