/** Where a fault stands: file, line and column, for what is said of a provider beside its environments. */
import { describe, expect, it } from '@jest/globals';
import { ConfigError, type ConfigProblem, type LocatedConfig } from '@vestibule/backend-plugin-api';
import { mockServices } from '@vestibule/backend-test-utils';
import { silentLogger } from '../testing/silentLogger.ts';
import { gateSettings } from './gateSettings.ts';
import { misspeltTypeProblems, readEnvironments, typeOfInstance } from './instanceKeys.ts';

const providers = {
  acme: { type: 'oidc', titel: 'Acme', icon: 'house', development: {}, 'my env': {} },
  west: { tpye: 'oidc' },
  'no/path': {},
};

/** Line 1 for what is asked for by its key, 2 for a value; the column is the length of the path. */
const config: LocatedConfig = Object.assign(mockServices.rootConfig({ data: { auth: { providers } } }), {
  locate: (path: readonly (string | number)[], part?: 'key' | 'value') => ({
    file: 'app-config.yaml',
    line: part === 'key' ? 1 : 2,
    column: path.length,
  }),
});

const brief = (problems: readonly ConfigProblem[]) =>
  problems.map(({ path, location }) => [path, `${location?.file}:${location?.line}:${location?.column}`]);

describe('a fault', () => {
  it('beside the environments says where it stands', () => {
    const { problems, environments } = readEnvironments(config, 'acme', { schemas: [] });
    expect(brief(problems)).toEqual([
      ['auth.providers.acme.icon', 'app-config.yaml:2:4'],
      ['auth.providers.acme.titel', 'app-config.yaml:1:4'],
      ['auth.providers.acme["my env"]', 'app-config.yaml:1:4'],
    ]);
    expect(environments).toEqual(['development']);
  });

  it('in the word type says where it stands, and what was meant', () => {
    const problems = misspeltTypeProblems(config, 'west');
    expect(brief(problems)).toEqual([['auth.providers.west.tpye', 'app-config.yaml:1:4']]);
    expect(problems[0]?.suggestion).toBe("Did you mean 'type'?");
  });

  it('in an id says where it stands', () => {
    let thrown: unknown;
    try {
      typeOfInstance(config, 'no/path');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(brief((thrown as ConfigError).problems)).toEqual([
      ['auth.providers["no/path"]', 'app-config.yaml:1:3'],
    ]);
  });

  it('of a gate that the provider cannot prove says where it stands', () => {
    const { problems } = gateSettings(
      { providerId: 'acme', type: 'oidc', environment: 'development' },
      { own: { githubTeams: ['acme/ops'] }, path: 'auth.providers.acme.development', isSignIn: true },
      { allow: undefined, config, logger: silentLogger },
    );
    expect(brief(problems)).toEqual([
      ['auth.providers.acme.development.allow.githubTeams', 'app-config.yaml:2:6'],
    ]);
  });
});
