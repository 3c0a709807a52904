/** `vestibule keys`: the keys that sign tokens, in the database of the replicas that run or are stopped. */
import { systemClock } from '@vestibule/backend-plugin-api';
import {
  createKeyManager,
  keyPlaceOf,
  type KeyManager,
  type KeyPlace,
  type ManagedKey,
} from '@vestibule/plugin-auth-backend/inspect';
import { besideBackend, fail, show } from '../authDatabase.ts';
import { formatFiles, formatKeys, reportOf, spokenMinute } from './formatKeys.ts';
import type { KeysForm } from './keysForms.ts';
import { waitForKey } from './waitForKey.ts';

/** What to do with the keys. */
export interface KeysOptions {
  readonly configFiles: readonly string[];
  readonly form: KeysForm;
  readonly act: 'list' | 'rotate';
  /** Of `rotate`: whether to wait until the new key signs. */
  readonly wait: boolean;
}

/** @returns the exit code. */
export async function keys({ configFiles, form, act, wait }: KeysOptions): Promise<0 | 1> {
  return besideBackend({ configFiles, kept: 'keys' }, async ({ config, database }) => {
    const place = keyPlaceOf(config);
    if (place.provider !== 'database')
      return act === 'rotate' ? fail(1, refusals[place.provider]) : listOf(place, form);
    const manager = createKeyManager({ database: await database(), config, clock: systemClock });
    return act === 'list' ? showKeys(await manager.list(), form) : rotate(manager, form, wait);
  });
}

const refusals = {
  memory:
    'auth.keyStore.provider is memory: the key lives in the process alone, and a restart makes a new one\n' +
    "  Keys that are rotated and shared by replicas: set auth.keyStore.provider to 'database', or remove the key.",
  static:
    'auth.keyStore.provider is static: the keys are files, which no command changes\n' +
    '  Make a pair:  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out private.key\n' +
    '                openssl pkey -in private.key -pubout -out public.key\n' +
    '  Add it as the second of auth.keyStore.static.keys and restart all replicas. 15 minutes later make it the first, and\n' +
    '  restart all. A day later remove the former one.',
};

function listOf(place: Exclude<KeyPlace, { provider: 'database' }>, form: KeysForm): 0 | 1 {
  if (place.provider === 'memory') {
    return fail(
      1,
      'auth.keyStore.provider is memory: the key lives in the process alone, and nothing else can list it',
    );
  }
  return show(form === 'json' ? reportOf({ provider: 'static', keys: place.keys }) : formatFiles(place.keys));
}

function showKeys(list: readonly ManagedKey[], form: KeysForm): 0 {
  return show(form === 'json' ? reportOf({ provider: 'database', keys: list }) : formatKeys(list));
}

async function rotate(manager: KeyManager, form: KeysForm, wait: boolean): Promise<0> {
  const { key, isNew } = await manager.rotate();
  const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  say(
    isNew
      ? `Published ${key.kid}. It signs from ${spokenMinute(key.signsFrom)}, when every verifier knows it.`
      : `${key.kid} was published at ${spokenMinute(key.publishedAt)} already, so no other was made. It signs from ${spokenMinute(key.signsFrom)}.`,
  );
  if (wait) {
    await waitForKey({ manager, key, clock: systemClock, say });
    say(`${key.kid} signs.`);
  }
  return showKeys(await manager.list(), form);
}
