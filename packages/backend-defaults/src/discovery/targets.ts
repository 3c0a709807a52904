/**
 * Targets of `discovery.endpoints`: URLs in which `{{pluginId}}` stands for the plugin. Calls from inside may name an SRV
 * record instead of host and port (RFC 2782), as `http+srv://catalog.service.internal/api/{{pluginId}}`.
 */
import { resolveSrv } from 'node:dns/promises';
import { ServiceUnavailableError, parseUrl } from '@vestibule/backend-plugin-api';

/** From where a target is called. */
export type Side = 'internal' | 'external';

/** What stands in an SRV record, as `dns.promises.resolveSrv` gives it. */
export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** How hosts are looked up; for tests. */
export interface SrvLookup {
  resolveSrv(host: string): Promise<readonly SrvRecord[]>;
  /** At least 0, and less than 1. */
  random(): number;
}

/** The DNS of the system. */
export const systemSrvLookup: SrvLookup = { resolveSrv, random: Math.random };

const placeholder = /\{\{\s*pluginId\s*\}\}/g;
const srvScheme = /^(https?)\+srv:/i;

/** Why a target cannot be used, for the end of a message; `undefined` where it can. */
export function faultOfTarget(template: string, side: Side): string | undefined {
  const isSrv = srvScheme.test(template);
  if (isSrv && side === 'external') {
    return "must name host and port: browsers look up no SRV records; an SRV record may stand under 'internal'";
  }
  const example = filled(template, 'example').replace(srvScheme, '$1:');
  const url = parseUrl(example);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'must be an http or https URL';
  const hasMore = url.port + url.username + url.password + url.search + url.hash !== '';
  return isSrv && hasMore ? 'must have only a host and a path: the SRV record gives the port' : undefined;
}

/**
 * The URL of a plugin, without a slash at the end. An SRV record is looked up at each call, so that instances may come and go.
 *
 * @throws `ERR_DISCOVERY_LOOKUP_FAILED` (503) when there is no such record, or the DNS does not tell.
 */
export async function urlOfTarget(template: string, pluginId: string, lookup: SrvLookup): Promise<string> {
  const target = filled(template, pluginId).replace(/\/+$/, '');
  if (!srvScheme.test(target)) return target;
  const url = new URL(target.replace(srvScheme, '$1:'));
  const host = url.hostname;
  const records = await lookup.resolveSrv(host).catch((cause: unknown) => {
    throw lookupFailed(host, cause);
  });
  const record = choose(records, lookup.random());
  if (record === undefined) throw lookupFailed(host);
  url.hostname = record.name;
  url.port = String(record.port);
  return url.href.replace(/\/+$/, '');
}

function filled(template: string, pluginId: string): string {
  return template.replaceAll(placeholder, encodeURIComponent(pluginId));
}

/** Of those with the lowest priority one, by weight (RFC 2782); one without weight only where none has one. */
function choose(records: readonly SrvRecord[], random: number): SrvRecord | undefined {
  const lowest = Math.min(...records.map(({ priority }) => priority));
  const candidates = records.filter(({ priority }) => priority === lowest);
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  let left = random * total;
  return candidates.find(({ weight }) => (left -= weight) < 0) ?? candidates[0];
}

function lookupFailed(host: string, cause?: unknown): ServiceUnavailableError {
  const message = `No SRV record was found for '${host}', which discovery.endpoints names`;
  return new ServiceUnavailableError('ERR_DISCOVERY_LOOKUP_FAILED', message, {
    ...(cause !== undefined && { cause }),
  });
}
