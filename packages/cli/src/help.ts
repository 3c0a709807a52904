/** What the command says about itself. */
import { readFileSync } from 'node:fs';

const overview = `Usage: vestibule <command> [options]

Sign-in for modular backends.

Commands:
  start          Start the backend

Options:
  -h, --help     Show this help; 'vestibule start --help' tells about start
  -V, --version  Show the version
`;

const start = `Usage: vestibule start [--config FILE]…

Starts the backend and prints its URL. SIGTERM or SIGINT stops it; a second one ends it at once.

Options:
  --config FILE  A config file; may be repeated, later files over earlier ones. Default: app-config.yaml,
                 app-config.$BACKSTAGE_ENV.yaml, app-config.local.yaml and app-config.$BACKSTAGE_ENV.local.yaml of the
                 working directory, those that exist
  -h, --help     Show this help

Environment:
  NODE_ENV       'development' turns on guest sign-in and details in error pages; 'production' refuses unsafe settings
  LOG_LEVEL      error, warn, info (default) or debug
  APP_CONFIG_a_b Sets the config key a.b, over every file

Exit codes: 0 stopped, 1 could not start or failed, 2 wrong use.
`;

export function helpText(topic?: 'start'): string {
  return topic === 'start' ? start : overview;
}

export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
