/** One fresh database of one engine. */
import { testDatabases, type TestDatabase } from '@vestibule/backend-test-utils';

export type Engine = 'SQLite' | 'PostgreSQL';

/** @returns nothing where the engine is not there, which {@link testDatabases} says in one line. */
export async function freshDatabase(engine: Engine): Promise<TestDatabase | undefined> {
  const databases = await testDatabases();
  const found = databases.find(({ name }) => name === engine);
  const others = databases.filter((one) => one !== found);
  await Promise.all(others.map(async (one) => one.cleanup()));
  return found;
}
