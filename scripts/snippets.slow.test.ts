/** What the documentation shows is held where it stands; here, that mistakes in it are found, each with its line. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
// The compiler may have to build everything first, on a machine that may be busy.
const deadline = 900_000;

let folder: string | undefined;
afterEach(async () => folder !== undefined && rm(folder, { recursive: true }));

/** What the check says of a page with these blocks; the first line of the first block is line 4. */
async function judged(...blocks: [language: string, code: string, comment?: string][]) {
  folder = await mkdtemp(join(tmpdir(), 'vestibule-page-'));
  const page = join(folder, 'page.md');
  const text = blocks.map(([language, code, comment]) =>
    [...(comment === undefined ? [] : [comment, '']), `\`\`\`${language}`, code, '```', ''].join('\n'),
  );
  await writeFile(page, ['# Page', '', ...text].join('\n'));
  return new Promise<{ code: number; problems: string[] }>((resolve) => {
    execFile(process.execPath, ['scripts/snippets.mjs', page], { cwd: root }, (error, _, stderr) =>
      resolve({
        code: error ? Number(error.code) : 0,
        problems: stderr
          .split('\n')
          .filter(Boolean)
          .map((line) => line.replace(page, 'page.md')),
      }),
    );
  });
}

it(
  'finds what is wrong, each with its line',
  async () => {
    const { code, problems } = await judged(
      ['ts', `import { nothing } from '@vestibule/backend';`],
      ['js', `backend.add(import('@vestibule/plugin-gone'));\nbackend.begin();`],
      ['yaml', `auth:\n  sesion:\n    secret: \${SECRET}`],
      ['yaml', `additionalScope: [groups]`, '<!-- at auth.providers.oidc.production -->'],
      ['yaml', `groupsClaim: groups`],
      ['json', `{ "a": }`],
      ['sh', `npm run gone`],
      ['sh', `if then`],
    );
    expect(code).toBe(1);
    expect(problems).toEqual([
      expect.stringMatching(/^page\.md:4: TS2305: .*no exported member 'nothing'/),
      expect.stringMatching(/^page\.md:8: TS2307: .*'@vestibule\/plugin-gone'/),
      expect.stringMatching(/^page\.md:9: TS2339: Property 'begin' does not exist/),
      expect.stringMatching(/^page\.md:25: nobody can tell where 'groupsClaim' belongs/),
      expect.stringMatching(/^page\.md:14: .*sesion/),
      expect.stringMatching(/^page\.md:21: .*additionalScope/),
      expect.stringMatching(/^page\.md:29: .*JSON/),
      expect.stringMatching(/^page\.md:33: there is no npm script gone$/),
      expect.stringMatching(/^page\.md:37: bash: .*syntax error/),
    ]);
  },
  deadline,
);

it(
  'lets a reader have names, modules and resolvers of their own, and leave out what stands elsewhere',
  async () => {
    const { code, problems } = await judged(
      [
        'ts',
        `import mine from './mine.mjs';\nbackend.add(import('@acme/plugin'));\nbackend.add(mine(withWhatever));`,
      ],
      ['ts', `const router = createAuthRouter({ config: { … }, catalog });`],
      ['yaml', `auth:\n  providers:\n    oidc:\n      development: { clientSecret: … }`],
      ['yaml', `kind: User\nmetadata:\n  name: jane`],
      ['yaml', `nonsense: true`, '<!-- source elsewhere.yaml -->'],
    );
    expect(problems).toEqual([]);
    expect(code).toBe(0);
  },
  deadline,
);
