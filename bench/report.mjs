// What a run found, as a page: printed, and kept in docs/ where the run was told to write it.
import { writeFileSync } from 'node:fs';
import { cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const path = fileURLToPath(new URL('../docs/reference/performance.md', import.meta.url));

export async function pageOf({ options, isInMemory, sideBySide, growth }) {
  const { rounds, warmUp, operations } = options;
  return formatted(`# Performance

<!-- Written by \`npm run bench -- --write\`. -->

${rounds === 1 ? 'One round' : `The medians of ${rounds} rounds`} of ${operations} operations, after ${warmUp} of each flow that nobody counted.
Measured on ${new Date().toISOString().slice(0, 10)}: ${machine()}. [bench/](../../bench/README.md) tells how.

${sideBySide ? sideBySideOf(sideBySide, options, isInMemory) : ''}

${growth ? growthOf(growth) : ''}
`);
}

function sideBySideOf({ empty, ...others }, { flows, starts }, isInMemory) {
  const unit = empty.flows.empty;
  return `## Side by side

${isInMemory ? 'Databases are SQLite files in a file system in memory.' : 'Databases are SQLite files.'}

${flowTable(flows, others, unit.signature)}

- **CPU**: of the server's process for one operation, with eight connections. **empty answers**: the same, counted in answers of
  an empty node:http server in the same round, which here takes ${fixed(unit.cpu)} µs (${perSecond(unit.cpu)} a second and core).
- **signatures**: the same, counted in ES256 signatures by node:crypto, of ${fixed(unit.signature)} µs (${perSecond(unit.signature)} a second and core).
- **calls out**: requests that reached the provider (token, userinfo, metadata and keys) and the catalog. **SQL**: statements
  that reached the database driver. **allocated**: on the heap, in a window without a collection.
- **p50**, **p99**: of one request at a time, the provider's and the catalog's part in it.

${processTable(others)}

- **start**: of the program to its first answer, with its tables there, the median of ${starts}.
- **memory**: resident, when it is up, and after all rounds.
- **installation**: what npm installs for production; of the standalone command the folder, with SQLite for Node 20 and 22.

### Who was measured

${Object.values(others).map(aboutTarget).join('\n')}`;
}

function growthOf({ dimensions, replicas, flood }) {
  const first = ({ database, name }) =>
    dimensions.find((row) => row.database === database && row.name === name);
  const memory = ({ rss, heapUsed }) =>
    `${megabytes(rss)} resident and ${megabytes(heapUsed)} on the heap after a collection`;
  const times = (figure, least) => `${(figure / least).toFixed(2)}×`;
  return `## Growth

Vestibule alone; the catalog takes as long with any number of users.

${table(
  ['what grows', 'flow', 'database', 'to', 'CPU', 'of the first', 'p50', 'calls out'],
  dimensions.map((row) => [
    row.name,
    row.flow,
    row.database,
    row.size.toLocaleString('en'),
    `${fixed(row.cpu)} µs`,
    times(row.cpu, first(row).cpu),
    `${fixed(row.p50)} ms`,
    callsOut(row.calls),
  ]),
  3,
)}

${
  replicas.length === 0
    ? ''
    : `Replicas on one PostgreSQL, which take requests in turn; CPU of all of them for one operation:

${table(
  ['flow', 'replicas', 'CPU'],
  replicas.map(({ flow, count, cpu }) => [flow, String(count), `${fixed(cpu)} µs`]),
)}`
}

${flood.count.toLocaleString('en')} starts that nobody comes back from: ${memory(flood.before)} before, ${memory(flood.after)} after.`;
}

export function writePage(page) {
  writeFileSync(path, page);
}

function flowTable(flows, targets, signature) {
  const rows = flows.flatMap((flow) =>
    Object.values(targets)
      .filter((target) => target.flows[flow])
      .map((target) => {
        const { cpu, cost, calls, statements, allocated, p50, p99 } = target.flows[flow];
        const theirs = targets.backstage?.flows[flow]?.cpu;
        return [
          flow,
          target.title,
          `${fixed(cpu)} µs`,
          fixed(cost),
          theirs === undefined ? '' : `${fixed(theirs / cpu)}×`,
          fixed(cpu / signature),
          callsOut(calls),
          fixed(statements),
          allocated === undefined ? '–' : `${fixed(allocated / 1024)} KB`,
          `${fixed(p50)} ms`,
          `${fixed(p99)} ms`,
        ];
      }),
  );
  return table(
    [
      'flow',
      '',
      'CPU',
      'empty answers',
      'Backstage ÷ it',
      'signatures',
      'calls out',
      'SQL',
      'allocated',
      'p50',
      'p99',
    ],
    rows,
  );
}

function processTable(targets) {
  const rows = Object.values(targets).map((target) => [
    target.title,
    `${Math.round(target.startMilliseconds)} ms`,
    megabytes(target.idleBytes),
    target.loadedBytes ? megabytes(target.loadedBytes) : '–',
    target.installed ? megabytes(target.installed.bytes) : '–',
    target.installed ? String(target.installed.packages) : '–',
  ]);
  return table(['', 'start', 'memory idle', 'memory after the load', 'installation', 'packages'], rows);
}

function aboutTarget({ title, version, lacks }) {
  const lines = Object.entries(lacks).map(([flow, text]) => `  - ${flow}: ${text}`);
  return [`- **${title}** ${version}`, ...lines].join('\n');
}

function callsOut(calls) {
  const made = Object.entries(calls).filter(([, count]) => count >= 0.005);
  return made.length === 0 ? '0' : made.map(([kind, count]) => `${kind} ${fixed(count)}`).join(', ');
}

/** The first columns are words, the others figures. */
function table(head, rows, words = 2) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index < words ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  );
}

function machine() {
  const [{ model }] = cpus();
  return `${cpus().length} cores of ${model.trim()}, ${platform()}, Node ${process.versions.node}`;
}

const megabytes = (bytes) => `${Math.round(bytes / 1024 / 1024)} MB`;
const perSecond = (microseconds) => Math.round(1e6 / microseconds).toLocaleString('en');
/** Three digits say all that a measurement knows. */
const fixed = (value) => (value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3))));

async function formatted(text) {
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}
