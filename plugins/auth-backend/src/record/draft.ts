/** What a sign-in writes down while it goes on, before it is made into a record: not yet redacted. */
import type {
  CatalogStep,
  GateStep,
  OwnershipStep,
  ResolverStep,
  ShortSessionStep,
  TransformStep,
} from '@vestibule/plugin-auth-node';

/** The record of one attempt. */
export interface RecordDraft {
  /** Short and random; printed on the refusal page and in the log. */
  readonly reference: string;
  readonly event: 'sign-in' | 'refresh' | 'sign-out';
  readonly provider: string;
  environment?: string | undefined;
  /** What the provider gave, by name, so shortened that it names nobody: `{ email: 'j…@example.com' }`. */
  inputs: Readonly<Record<string, string>>;
  /** By document of the provider, the names of the claims that count of it. */
  claims?: Readonly<Record<string, readonly string[]>>;
  readonly transforms: TransformStep[];
  readonly gates: GateStep[];
  readonly resolvers: ResolverStep[];
  readonly catalog: CatalogStep[];
  ownership?: OwnershipStep;
  /** Of a sign-in without a refresh token, whose session ends with the access token. */
  shortSession?: ShortSessionStep;
  /** Whether the answer came from the last good identity, because a part was away. */
  grace?: true;
  /** With `grace`, what failed just now. */
  failure?: unknown;
  userEntityRef?: string;
  /** Values that may stand nowhere in the record, whoever quotes them; see {@link addSecrets}. */
  secrets?: Set<string>;
}
