/* The guides for authors of providers, resolvers and plugins, followed to the letter. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { followGuide, type FollowedGuide } from './testing/followGuide.ts';

// The compiler reads the sources of a dozen packages, on a machine that may be busy.
const deadline = 180_000;

let guide: FollowedGuide | undefined;
afterEach(async () => guide?.remove());

/** Passed, and not for want of tests. */
async function passes(guide: FollowedGuide, file: string, tests: number): Promise<void> {
  const { code, output } = await guide.run(file);
  expect(code === 0 ? '' : output).toBe('');
  expect(Number(/^# pass (\d+)$/m.exec(output)?.[1])).toBeGreaterThanOrEqual(tests);
}

describe('docs/guides/write-your-own-provider.md', () => {
  it(
    'leads to a provider that compiles, keeps the contract and signs Jane in',
    async () => {
      guide = await followGuide('docs/guides/write-your-own-provider.md');
      expect([...guide.files.keys()]).toEqual([
        'package.json',
        'tsconfig.json',
        'src/config.ts',
        'src/authenticator.ts',
        'src/resolvers.ts',
        'src/module.ts',
        'src/index.ts',
        'src/testing/acmeId.ts',
        'src/contract.test.ts',
        'src/signIn.test.ts',
      ]);
      await guide.checkTypes();
      await passes(guide, 'src/contract.test.ts', 30);
      await passes(guide, 'src/signIn.test.ts', 2);
    },
    deadline,
  );

  it(
    'shows a contract that a careless provider does not keep',
    async () => {
      guide = await followGuide('docs/guides/write-your-own-provider.md');
      const careful = guide.files.get('src/authenticator.ts') ?? '';
      const careless = careful.replace(
        'readAuthorizationCode({ parameters, state })',
        "parameters.get('code') ?? ''",
      );
      expect(careless).not.toBe(careful);
      await guide.write('src/authenticator.ts', careless);
      const { code, output } = await guide.run('src/contract.test.ts');
      expect(code).toBe(1);
      expect(output).toMatch(/^ *not ok \d+ - refuses the state of another attempt$/m);
    },
    deadline,
  );
});

describe('docs/guides/test-your-resolver.md', () => {
  it(
    'has a resolver and a test that pass as they stand, and the error that it shows',
    async () => {
      const provider = await followGuide('docs/guides/write-your-own-provider.md');
      const [packageJson, tsconfig] = ['package.json', 'tsconfig.json'].map(
        (path) => provider.files.get(path) ?? '',
      );
      await provider.remove();
      guide = await followGuide('docs/guides/test-your-resolver.md');
      await guide.write('package.json', packageJson ?? '');
      await guide.write('tsconfig.json', tsconfig ?? '');
      expect([...guide.files.keys()]).toEqual([
        'src/acmeAddress.ts',
        'src/acmeAddress.test.ts',
        'src/wrong.ts',
      ]);
      await guide.checkTypes();
      await passes(guide, 'src/acmeAddress.test.ts', 6);
      const { code, output } = await guide.run('src/wrong.ts');
      expect(code).toBe(1);
      expect(output).toContain(guide.outputs.get('src/wrong.ts'));
    },
    deadline,
  );
});

describe('docs/guides/write-a-plugin.md', () => {
  it(
    'leads to a plugin that compiles, and to tests that pass',
    async () => {
      guide = await followGuide('docs/guides/write-a-plugin.md');
      expect([...guide.files.keys()]).toEqual([
        'package.json',
        'tsconfig.json',
        'src/noticeStore.ts',
        'src/noticeSources.ts',
        'src/noticeBoard.ts',
        'src/plugin.ts',
        'src/holidays.ts',
        'src/numberedNotices.ts',
        'src/index.ts',
        'src/notices.test.ts',
      ]);
      await guide.checkTypes();
      await passes(guide, 'src/notices.test.ts', 5);
    },
    deadline,
  );
});
