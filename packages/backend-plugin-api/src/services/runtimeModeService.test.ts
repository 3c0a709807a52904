import { describe, expect, it } from '@jest/globals';
import type { Config } from '../config/config.ts';
import { runtimeModeOf } from './runtimeModeService.ts';

const configOf = (data: Record<string, unknown>) =>
  ({ getOptional: (key: string) => data[key] }) as unknown as Config;
const development = configOf({ backend: { baseUrl: 'http://localhost:7007' } });
const byEnvironment = configOf({ auth: { environment: 'production' } });
const byAddress = configOf({ backend: { baseUrl: 'https://portal.example.com/portal' } });

describe('the mode', () => {
  it.each([
    ['development', true, false],
    ['production', false, true],
    ['test', false, false],
    ['', false, false],
    [undefined, false, false],
  ])('is what NODE_ENV says exactly: %j', (nodeEnv, isDevelopment, isProduction) => {
    expect(runtimeModeOf(nodeEnv, development)).toEqual({ isDevelopment, isProduction });
  });

  it.each([
    ['auth.environment', byEnvironment, "auth.environment is 'production'"],
    ['a public backend.baseUrl', byAddress, "backend.baseUrl is 'https://portal.example.com'"],
    [
      'a public backend.baseUrl without https',
      configOf({ backend: { baseUrl: 'http://203.0.113.7:7007' } }),
      "backend.baseUrl is 'http://203.0.113.7:7007'",
    ],
  ])('is production where %s says so, whatever NODE_ENV says, and names NODE_ENV', (_, config, says) => {
    for (const [nodeEnv, given] of [
      ['development', "'development'"],
      ['staging', "'staging'"],
      [undefined, 'not set'],
    ] as const) {
      const { contradiction, ...mode } = runtimeModeOf(nodeEnv, config);
      expect(mode).toEqual({ isDevelopment: false, isProduction: true });
      expect(contradiction?.message).toContain(says);
      expect(contradiction?.message).toContain(`though NODE_ENV is ${given}`);
      expect(contradiction?.suggestion).toContain('Start it with NODE_ENV=production');
    }
    expect(runtimeModeOf('production', config)).toEqual({ isDevelopment: false, isProduction: true });
  });

  it.each([
    { backend: { baseUrl: 'http://10.0.0.7:7007' } },
    { backend: { baseUrl: 'https://portal.acme.internal' } },
    { backend: { baseUrl: 'no address' } },
    { backend: { baseUrl: 7 } },
    { backend: 'x', auth: ['production'] },
    { auth: { environment: 'staging' } },
  ])('is not changed by %j', (data) => {
    expect(runtimeModeOf('development', configOf(data))).toEqual({
      isDevelopment: true,
      isProduction: false,
    });
  });
});
