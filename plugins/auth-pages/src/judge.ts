/** What is told of `auth.signInPage` at a start, and by whoever judges a config: it works, and perhaps not as it is meant. */
import { configProblemAt, type Config, type ConfigProblem } from '@vestibule/backend-plugin-api';
import type { SignInPageSettings } from './config.ts';
import { faintPairs } from './look/theme.ts';

/** @param settings - Sound ones. @public */
export function signInPageWarnings(
  config: Config,
  settings: SignInPageSettings | undefined,
  { isProduction }: { isProduction: boolean },
): ConfigProblem[] {
  const { colors = {}, showTokens } = settings ?? {};
  const faint = faintPairs(colors).map(({ scheme, name, what, contrast }) =>
    configProblemAt(
      config,
      `auth.signInPage.colors.${colors[scheme]?.[name] === undefined ? scheme : `${scheme}.${name}`}`,
      {
        message: `the ${scheme} colors of auth.signInPage are hard to read: ${what} has a contrast of ${contrast}:1`,
        suggestion: `WCAG 2.2 asks for 4.5:1 at level AA: change '${name}', or what is behind it.`,
      },
    ),
  );
  if (!showTokens || !isProduction) return faint;
  const message = 'auth.signInPage.showTokens shows everybody who signs in their tokens, in production';
  return [...faint, configProblemAt(config, 'auth.signInPage.showTokens', { message })];
}
