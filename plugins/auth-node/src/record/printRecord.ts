/**
 * A decision as a tree, for people: `vestibule explain`, and in development the refusal page and the sign-in page. Plain
 * text without colours; what others wrote into the record can neither break a line nor steer a terminal.
 */
import { formatTable, spokenTime } from './formatTable.ts';
import { plainText } from './plainText.ts';
import type {
  CatalogStep,
  GateStep,
  OwnershipStep,
  RecordedError,
  ResolverStep,
  SignInRecord,
  TransformStep,
} from './signInRecord.ts';
import { drawTree, type TextNode } from './formatTree.ts';

const width = 110;

/**
 * The tree of a decision, in lines of about 110 characters and without a line break at the end.
 *
 * @public
 */
export function printRecord(record: SignInRecord): string {
  const { event, provider, environment, outcome, code, at, milliseconds, reference, grace, operator } =
    record;
  const where = environment === undefined ? '' : ` (${environment})`;
  const end = outcome === 'allowed' ? 'allowed' : `refused: ${code ?? 'no code'}`;
  const tree: TextNode = {
    text: `${event} with '${provider}'${where} ${end}`,
    children: [
      { text: `reference ${reference}, ${spokenTime(at)}, ${milliseconds} ms` },
      { text: `the provider gave: ${listOf(record.inputs)}`, children: claimNodes(record) },
      ...branch(
        'transforms',
        record.transforms.map((step) => transformNode(step, record.catalog)),
      ),
      ...(record.gates.length > 0 ? branch('gates', record.gates.map(gateNode)) : [{ text: 'gates: none' }]),
      ...resolverNodes(record),
      ...ownershipNodes(record),
      ...shortSessionNodes(record),
      ...(grace ? [{ text: `answered from the last good identity, because ${causeOfGrace(record)}` }] : []),
      ...errorNodes(record),
      ...(operator === undefined ? [] : [{ text: `what to do: ${operator}` }]),
    ],
  };
  return drawTree(plain(tree), width);
}

/**
 * Decisions as a table of one line each, in the order given, with a heading.
 *
 * @public
 */
export function printRecordList(records: readonly SignInRecord[]): string {
  const rows = records.map(({ at, reference, provider, event, outcome, code = '' }) =>
    [spokenTime(at), reference, provider, `${event} ${outcome}`, code].map(plainText),
  );
  return formatTable([['time', 'reference', 'provider', 'outcome', 'code'], ...rows]);
}

function listOf(inputs: SignInRecord['inputs']): string {
  const list = Object.entries(inputs).map(([name, value]) => (value === 'given' ? name : `${name} ${value}`));
  return list.length > 0 ? list.join(', ') : 'nothing';
}

/** Which document gave which claim. */
function claimNodes({ claims = {} }: SignInRecord): TextNode[] {
  return Object.entries(claims).map(([document, names]) => ({ text: `${document}: ${names.join(', ')}` }));
}

function causeOfGrace({ errors }: SignInRecord): string {
  return errors ? 'the refresh failed' : 'a part was away';
}

function branch(text: string, children: readonly TextNode[]): TextNode[] {
  return children.length > 0 ? [{ text, children }] : [];
}

function transformNode(step: TransformStep, catalog: readonly CatalogStep[]): TextNode {
  const { verdict, reason, code } = step;
  const said = { profile: 'made the profile', deny: 'refused', error: 'failed' }[verdict];
  return {
    text: `${step.transform}  ${said}${because(code, reason)}`,
    children: catalog.filter(({ resolver }) => resolver === askingTransform(step)).map(catalogNode),
  };
}

/** How a profile transform stands in a catalog step. */
function askingTransform({ transform }: TransformStep): string {
  return `Profile transform '${transform}'`;
}

function gateNode({ gate, verdict, code, reason }: GateStep): TextNode {
  return { text: `${gate}  ${verdict === 'pass' ? 'let in' : 'refused'}${because(code, reason)}` };
}

/** Each resolver with what it asked of the catalog; several runs of one name share the queries in their order. */
function resolverNodes({ transforms, resolvers, catalog, userEntityRef, code }: SignInRecord): TextNode[] {
  const asked = (name: string | undefined) => catalog.filter(({ resolver }) => resolver === name);
  const finished = new Set([
    ...resolvers.map(({ resolver }) => resolver),
    ...transforms.map(askingTransform),
  ]);
  const unfinished = new Set(
    catalog.flatMap(({ resolver }) => (resolver === undefined || finished.has(resolver) ? [] : [resolver])),
  );
  const others = asked(undefined).filter((step) => !isOwnership(step));
  return [
    ...branch('resolvers', [
      ...resolvers.map((step) => ({
        text: `${step.resolver}  ${saidBy(step, userEntityRef, code)}`,
        children: asked(step.resolver).map(catalogNode),
      })),
      ...[...unfinished].map((name) => ({
        text: `${name}  did not finish`,
        children: asked(name).map(catalogNode),
      })),
    ]),
    ...others.map(catalogNode),
  ];
}

function saidBy(
  { verdict, code, reason }: ResolverStep,
  userEntityRef: string | undefined,
  refusal: string | undefined,
): string {
  switch (verdict) {
    case 'identity':
      return userEntityRef === undefined
        ? `found somebody${refusal?.startsWith('ERR_GATE_') ? ', who may not sign in' : ''}`
        : `found ${userEntityRef}`;
    case 'pass':
      return `passed on${because(code, reason)}`;
    case 'deny':
      return `refused${because(code, reason)}`;
    case 'error':
      return `failed${because(code, reason)}`;
  }
}

function catalogNode({ query, hits }: CatalogStep): TextNode {
  return { text: `catalog: ${query}  ${hits} ${hits === 1 ? 'hit' : 'hits'}` };
}

function isOwnership({ query }: CatalogStep): boolean {
  return query.startsWith('groups of level ');
}

const ownershipSources: Record<OwnershipStep['source'], string> = {
  direct: 'direct groups',
  transitive: 'direct groups and those above them',
  module: "a module's own rule",
  resolver: 'named by the resolver',
  ephemeral: 'mapped from claims',
};

function ownershipNodes({ ownership, catalog }: SignInRecord): TextNode[] {
  const children = catalog.filter(isOwnership).map(catalogNode);
  if (!ownership) return branch('ownership', children);
  const { size, source, levels, leftOut = [] } = ownership;
  const walked = levels === undefined ? '' : `, ${levels} ${levels === 1 ? 'level' : 'levels'}`;
  const references = `${size} ${size === 1 ? 'reference' : 'references'}`;
  return [
    {
      text: `ownership: ${references} (${ownershipSources[source]}${walked})`,
      children: [...children, ...leftOut.map((text) => ({ text: `left out: ${text}` }))],
    },
  ];
}

function shortSessionNodes({ shortSession }: SignInRecord): TextNode[] {
  if (!shortSession) return [];
  const { seconds, advice } = shortSession;
  const lasting = seconds === undefined ? '' : `, which lasts ${seconds} s`;
  return [
    {
      text: `session: ends with the access token${lasting}, because the provider gave no refresh token`,
      children: [{ text: `to make it last: ${advice}` }],
    },
  ];
}

/** A refusal with a code of the list has said what it says by that code, but for causes, and a hint of its own. */
function errorNodes({ errors = [], code, operator }: SignInRecord): TextNode[] {
  const [first, ...causes] = errors;
  if (!first) return [];
  return branch('error', [
    ...(first.code === code ? [] : [{ text: `${first.name}${because(first.code)}: ${first.message}` }]),
    ...toldBy(first.hint === operator ? { ...first, hint: '' } : first),
    ...causes.map(causeNode),
  ]);
}

function causeNode(error: RecordedError): TextNode {
  const { name, code, message } = error;
  return { text: `caused by ${name}${because(code)}: ${message}`, children: toldBy(error) };
}

/** What an error says to the operator beside its name. */
function toldBy({ hint, details = {}, providerError, providerMessage }: RecordedError): TextNode[] {
  const lines = [
    hint,
    ...Object.entries(details).map(([name, value]) => `${name}: ${value}`),
    providerError && `the provider called it: ${providerError}`,
    providerMessage && `the provider said: ${providerMessage}`,
  ];
  return lines.flatMap((text) => (text ? [{ text }] : []));
}

function because(code?: string, reason?: string): string {
  const told = code === undefined ? '' : ` (${code})`;
  return reason === undefined ? told : `${told}: ${reason}`;
}

function plain({ text, children = [] }: TextNode): TextNode {
  return { text: plainText(text), children: children.map(plain) };
}
