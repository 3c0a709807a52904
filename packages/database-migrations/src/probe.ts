import { testDatabases } from '@vestibule/backend-test-utils';
import { migrate } from './migrate.ts';
const [db] = await testDatabases();
const [a, b] = [await db!.connect('x'), await db!.connect('x')];
for (const k of [a,b]) k.on('query', (q) => console.log(k===a?'A':'B', q.sql)).on('query-error', (e, q) => console.log(k===a?'A':'B', 'ERR', e.code, q.sql));
const m = { table: 'vestibule_m', migrations: [{ id: 'x', up: async (k) => k.schema.createTable('vestibule_z', (t) => t.text('z')) }] } as const;
console.log(await Promise.allSettled([migrate(a, m), migrate(b, m)]));
await db!.cleanup();
