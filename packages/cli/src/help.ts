/** What the command says about itself. */
import type { Topic } from './readCommandLine.ts';

const overview = `Usage: vestibule <command> [options]

Sign-in for modular backends.

Commands:
  start          Start the backend
  explain        Tell why a sign-in was refused
  sessions       List the sessions of people, and end them
  graph          Show what the backend consists of, and how long each part takes to start
  migrate        Tell what becomes of a Backstage config here
  health         Ask the running backend whether it is ready, for probes
  check          Tell what a start would find wrong with the config, without starting
  config         Print the config with the origin of each value, or its JSON Schema
  keys           List and rotate the keys that sign tokens

Options:
  -h, --help     Show this help; 'vestibule start --help' tells about start
  -V, --version  Show the version
`;

const configOption = `  --config FILE  A config file; may be repeated, later files over earlier ones. Default: app-config.yaml,
                 app-config.$BACKSTAGE_ENV.yaml, app-config.local.yaml and app-config.$BACKSTAGE_ENV.local.yaml of the
                 working directory, those that exist`;

const topics: Readonly<Record<Topic, string>> = {
  start: `Usage: vestibule start [--config FILE]…

Starts the backend and prints its URL. SIGTERM or SIGINT stops it; a second one ends it at once. SIGHUP reads the config again,
except on a terminal, which it ends with: secrets that files give are replaced, and the log tells the rest.

Options:
${configOption}
  -h, --help     Show this help

Environment:
  NODE_ENV       'development' turns on guest sign-in and details in error pages; 'production' refuses unsafe settings, and
                 so does a config with 'auth.environment: production' or a public 'backend.baseUrl', whatever NODE_ENV says
  LOG_LEVEL      error, warn, info (default) or debug
  APP_CONFIG_a_b Sets the config key a.b, over every file

Exit codes: 0 stopped, 1 could not start or failed, 2 wrong use.
`,
  explain: `Usage: vestibule explain [REFERENCE] [--json] [--config FILE]…

Tells why a sign-in ended as it did: what the provider gave, what each gate and resolver said, what was asked of the
catalog, and what to do. REFERENCE stands on the page that the person sees. Without one, the latest 20 decisions are
listed. The last 1000 are kept for seven days, in the database of the backend, which may be running or not. Give the same
config as to start, in the same directory; nothing is changed.

Options:
  --json         Print the record as JSON
${configOption}
  -h, --help     Show this help

Exit codes: 0 explained, 1 not found or no database, 2 wrong use.
`,
  sessions: `Usage: vestibule sessions list [--user REF] [--provider ID] [--older-than AGE] [--format FORM] [--config FILE]…
       vestibule sessions show ID [--format FORM] [--config FILE]…
       vestibule sessions revoke [ID] [--user REF] [--provider ID] [--older-than AGE] [--all] [--format FORM]
                                 [--config FILE]…

Lists the sessions of browsers and the programs that people approved, and ends them: in the database of the backend, which
may be running or not. Give the same config as to start, in the same directory. A session that is ended is refused at its
next refresh, on every replica; so is the refresh token of a program. User tokens that were given out before are good until
they end by themselves: an hour, or 'auth.backstageTokenExpiration'. revoke ends those that all options fit, and prints
how many there were. Where a service of your own keeps sessions, ask the running backend: GET and DELETE /api/auth/v1/sessions.

Options:
  ID             Of a session, as list shows it, or its first 8 characters or more
  --user REF     Of this user: user:default/jane, or jane
  --provider ID  Of this provider; programs have none
  --older-than AGE
                 Begun so long ago, or longer: 30d, 12h or 90m
  --all          Every session there is
  --format FORM  text (default) or json
${configOption}
  -h, --help     Show this help

Exit codes: 0 listed, shown or ended, also where there was none to list or to end; 1 no such session to show, or no database;
2 wrong use.
`,
  graph: `Usage: vestibule graph [--json | --mermaid | --html] [--output FILE] [--config FILE]…

Shows the plugins, their modules, extension points, services and decorators: who needs what, and how long each took to
start. Therefore it starts the backend, on a free port of 127.0.0.1, and stops it again; as by any start, the database is
brought up to date. Of a backend that cannot start it shows how far that came.

Options:
  --json         Print the data as JSON
  --mermaid      Print a Mermaid flowchart of what needs what
  --html         Print one page for a browser, which needs nothing else
  --output FILE  Write to the file instead of the standard output
${configOption}
  -h, --help     Show this help

Exit codes: 0 shown, 1 the backend could not start, or the file could not be written, 2 wrong use.
`,
  migrate: `Usage: vestibule migrate FILE… [--json] [--production]

Reads the app-config.yaml of a Backstage installation, later files over earlier ones, and tells what must change before a
start here, which provider modules it takes, which settings do less there than they seem to, what differs here on
purpose, and what carries over; each with its place. What must change is judged as a start judges it. It looks at the
files only: the environment is not read, nothing is started, called or written, and no value of a secret is printed.

Options:
  --json         Print the report as JSON
  --production   Judge as with NODE_ENV=production, though the config itself does not say production
  -h, --help     Show this help

Exit codes: 0 starts here unchanged, 1 something must change, 2 wrong use.
`,
  health: `Usage: vestibule health [--config FILE]… [--url URL] [--timeout SECONDS]

Asks the backend that runs on this machine whether it is ready, and prints one line: for the HEALTHCHECK of an image, and
for probes that run a command. It asks at the address of 'backend.listen'; give the same config as to start, in the same
directory and environment. Faults elsewhere in the config do not matter.

Options:
${configOption}
  --url URL      Ask there instead, for example http://127.0.0.1:7007; no config is read then
  --timeout SECONDS
                 How long to wait for the answer. Default: 3
  -h, --help     Show this help

Exit codes: 0 ready, 1 not ready, or not reached, 2 wrong use.
`,
  check: `Usage: vestibule check [FILE…] [--format FORM] [--output FILE] [--production] [--any-environment]

Tells what a start would find in the config, with the same faults in the same order, without starting: no database, no
network and no port is asked. Without FILE it reads what a start in this directory would; the environment is read as well.

Options:
  --format FORM      text (default), json, or sarif (SARIF 2.1.0), which code hosts show beside the lines of a pull request
  --output FILE      Write to the file instead of the standard output
  --production       Judge as with NODE_ENV=production, though the config does not say 'auth.environment: production'
  --any-environment  Judge where the environment is not that of the start, as in a pull request: no variable and no file
                     that '$file' names is read, and only what is wrong whatever they hold is a fault
${configOption}
  -h, --help         Show this help

Exit codes: 0 no fault, 1 a fault, or the file could not be written, 2 wrong use.
`,
  config: `Usage: vestibule config print [--path KEY] [--json] [--config FILE]…
       vestibule config schema [--output FILE]

print shows the config as a start reads it, merged from all files and the environment, with the place that each value comes
from. Secrets are hidden: what a schema marks as one, what a key calls one, what a file of its own holds, and whatever looks
like one.

schema prints one JSON Schema (draft-07) of everything installed, for editors. 'configSchema' of Backstage packages among the
dependencies of this directory's package.json is in it, where it is JSON.

Options:
  --path KEY     Print only what is below this key, such as auth.providers
  --json         Print the values and their origins as JSON
  --output FILE  Write to the file instead of the standard output
${configOption}
  -h, --help     Show this help

Exit codes: 0 printed, 1 a part of the config could not be read, has no such key, or the file could not be written, 2 wrong
use.
`,
  keys: `Usage: vestibule keys list [--format FORM] [--config FILE]…
       vestibule keys rotate [--wait] [--format FORM] [--config FILE]…

list shows the keys that sign tokens, as all replicas have them in their database: when each was made and published, from when
until when it signs, until when what it signed is verified, and which one signs now. Times are UTC.

rotate publishes a new key, beside the backends that run or are stopped. It signs 15 minutes later, when every verifier knows it;
the former one verifies what it signed until that has expired. Where a key is published already and does not sign yet, no other
is made. Without this command keys are rotated every 7 days. Keys of files ('auth.keyStore.provider: static') are not
changed; it says how to.

Give the same config as to start, in the same directory.

Options:
  --wait         Wait until the new key signs; the error stream tells how long that takes
  --format FORM  text (default) or json
${configOption}
  -h, --help     Show this help

Exit codes: 0 listed or rotated, 1 no keys or no database, or keys that are not in a database, 2 wrong use.
`,
};

export function helpText(topic?: Topic): string {
  return topic ? topics[topic] : overview;
}
