/** The command, where nobody can be asked. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { main } from './main.ts';
import { projectNameOf } from './projectName.ts';

describe('create-vestibule', () => {
  let folder: string;
  let stdout: string;
  let stderr: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vestibule-create-'));
    stdout = stderr = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((stdout += String(text))));
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((stderr += String(text))));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });

  it('writes the project that the flags describe, and says what comes next', async () => {
    const project = join(folder, 'portal');
    const flags = ['--for', 'portal', '--providers', 'github, oidc', '--database', 'sqlite'];
    expect(await main([project, ...flags])).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain(`Written: ${project}`);
    expect(stdout).toContain('npm start      # http://localhost:7007');
    expect(stdout).toContain('.env wants GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET');
    expect(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))).toMatchObject({ name: 'portal' });
    expect(readdirSync(project)).toEqual(
      expect.arrayContaining([
        '.dockerignore',
        '.env',
        '.env.example',
        '.gitignore',
        'Dockerfile',
        'README.md',
      ]),
    );
  });

  it('takes defaults for the rest with --yes', async () => {
    expect(await main([join(folder, 'portal'), '-y'])).toBe(0);
    expect(readFileSync(join(folder, 'portal/app-config.development.yaml'), 'utf8')).toContain('devIdp:');
  });

  it('names what is missing where nobody can be asked', async () => {
    expect(await main(['--for', 'beside'])).toBe(2);
    expect(stderr).toContain('give DIRECTORY, --providers, --database, or --yes');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('lists what is in the way, and leaves it as it is', async () => {
    const project = join(folder, 'taken');
    mkdirSync(project);
    writeFileSync(join(project, 'README.md'), 'mine');
    expect(await main([project, '--yes'])).toBe(1);
    expect(stderr).toBe(
      `create-vestibule: ${project} is not empty; nothing was written. In the way:\n  README.md\n`,
    );
    expect(readdirSync(project)).toEqual(['README.md']);
  });

  it.each([
    [['--for', 'portl'], "--for takes portal, beside, inside, framework, not 'portl'"],
    [['--providers', 'oidc,okta'], "--providers takes oidc, google, github, guest, not 'okta'"],
    [['--providers', ','], '--providers takes some of oidc, google, github, guest'],
    [['--database', 'mysql'], "--database takes sqlite, postgresql, not 'mysql'"],
    [['--for', 'framework', '--providers', 'oidc'], '--for framework has no sign-in'],
    [['--providers', 'google', '--issuer', 'https://id.example.com'], '--issuer needs oidc'],
    [['--issuer', 'id.example.com'], "not 'id.example.com'"],
    [['--issuer', 'https://id.example.com/#x: y'], '--issuer takes the address of an OpenID Provider'],
    [['one', 'two'], "'two' is not expected"],
    [['--provider', 'oidc'], "Unknown option '--provider'"],
  ])('refuses %j', async (argv, reason) => {
    expect(await main([...argv, '--yes'])).toBe(2);
    expect(stderr).toContain(`create-vestibule: `);
    expect(stderr).toContain(reason);
    expect(stderr).toContain("Try 'create-vestibule --help'.");
  });

  it('says where the packages are missing, and writes nothing', async () => {
    mkdirSync(join(folder, 'empty'));
    const argv = [join(folder, 'portal'), '--yes', '--packages'];
    expect(await main([...argv, join(folder, 'empty')])).toBe(1);
    expect(stderr).toContain(`no package (*.tgz) is in ${join(folder, 'empty')}`);
    expect(readdirSync(folder)).toEqual(['empty']);
  });

  it('tells its version and its use', async () => {
    expect(await main(['--version'])).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await main(['--help'])).toBe(0);
    expect(stdout).toContain('npm create vestibule [DIRECTORY]');
  });
});

it.each([
  ['/tmp/My Portal', 'my-portal'],
  ['/tmp/.hidden', 'hidden'],
  ['/tmp/Ünder_score.js', 'nder_score.js'],
  ['/tmp/-x-', 'x'],
  ['/tmp/日本', undefined],
  ['/tmp/node_modules', undefined],
  ['/', undefined],
])('the project in %s is called %s', (directory, name) => {
  expect(projectNameOf(directory)).toBe(name);
});
