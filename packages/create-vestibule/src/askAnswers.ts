/** Asks a person on a terminal for what was not given. */
import { cancel, intro, isCancel, multiselect, select, text } from '@clack/prompts';
import {
  databases,
  defaultAnswers,
  defaultDirectories,
  providers,
  purposes,
  type Database,
  type Provider,
  type Purpose,
} from './answers.ts';
import { projectNameOf } from './projectName.ts';
import { readIssuer, type Given, type Order } from './readCommandLine.ts';
import { obstaclesIn } from './writeProject.ts';

const purposeTexts: Readonly<Record<Purpose, { label: string; hint: string }>> = {
  portal: { label: 'A portal of its own', hint: 'sign-in, its page and a catalog, in one process' },
  beside: { label: 'Beside Backstage', hint: 'a process of its own, which Backstage trusts' },
  inside: { label: 'Inside Backstage', hint: "a Backstage backend, in place of Backstage's auth plugin" },
  framework: { label: 'A framework', hint: 'a plugin of your own on the core, without sign-in' },
};
const providerTexts: Readonly<Record<Provider, { label: string; hint: string }>> = {
  oidc: { label: 'OpenID Connect', hint: 'Keycloak, Entra, Okta, …; ready people in development' },
  google: { label: 'Google', hint: 'needs an OAuth client at Google' },
  github: { label: 'GitHub', hint: 'needs an OAuth app at GitHub' },
  guest: { label: 'Guest', hint: 'anybody, in development only' },
};
const databaseTexts: Readonly<Record<Database, { label: string; hint: string }>> = {
  sqlite: { label: 'SQLite', hint: 'nothing to install' },
  postgresql: { label: 'PostgreSQL', hint: 'for several replicas' },
};

/** @returns `undefined` where the person gave up. */
export async function askAnswers(given: Given): Promise<Order | undefined> {
  intro('Vestibule');
  try {
    const purpose = given.purpose ?? (await askPurpose());
    const directory = given.directory ?? (await askDirectory(purpose));
    const list = purpose === 'framework' ? [] : (given.providers ?? (await askProviders()));
    const asksIssuer = list.includes('oidc') && given.issuer === undefined && given.providers === undefined;
    const issuer = asksIssuer ? await askIssuer() : given.issuer;
    const database = given.database ?? (await askDatabase());
    return {
      ...given,
      directory,
      purpose,
      providers: list,
      database,
      ...(issuer !== undefined && { issuer }),
    };
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    cancel('Nothing was written.');
    return undefined;
  }
}

class Cancelled extends Error {}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Cancelled();
  return answer as Exclude<T, symbol>;
}

async function askPurpose(): Promise<Purpose> {
  const options = purposes.map((value) => ({ value, ...purposeTexts[value] }));
  return answered(await select<Purpose>({ message: 'What is it for?', options }));
}

async function askDirectory(purpose: Purpose): Promise<string> {
  const proposed = defaultDirectories[purpose];
  return answered(
    await text({
      message: 'In which folder?',
      placeholder: proposed,
      defaultValue: proposed,
      validate: (typed) => faultOf(typed === undefined || typed === '' ? proposed : typed),
    }),
  );
}

function faultOf(directory: string): string | undefined {
  if (projectNameOf(directory) === undefined) return 'npm takes no such name.';
  const obstacles = obstaclesIn(directory);
  return obstacles.length > 0 ? `Not empty: ${obstacles.slice(0, 3).join(', ')}` : undefined;
}

async function askProviders(): Promise<readonly Provider[]> {
  const options = providers.map((value) => ({ value, ...providerTexts[value] }));
  const chosen = answered(
    await multiselect<Provider>({
      message: 'How do people sign in? (space chooses)',
      options,
      initialValues: [...defaultAnswers.providers],
      required: true,
    }),
  );
  return providers.filter((provider) => chosen.includes(provider));
}

async function askIssuer(): Promise<string | undefined> {
  const typed = answered(
    await text({
      message: 'Your OpenID Provider? Empty: one with ready people, for development',
      placeholder: 'https://id.example.com',
      defaultValue: '',
      validate(value) {
        try {
          if (value !== undefined && value !== '') readIssuer(value);
          return undefined;
        } catch (error) {
          return (error as Error).message;
        }
      },
    }),
  );
  return typed === '' ? undefined : readIssuer(typed);
}

async function askDatabase(): Promise<Database> {
  const options = databases.map((value) => ({ value, ...databaseTexts[value] }));
  return answered(await select<Database>({ message: 'Which database?', options }));
}
