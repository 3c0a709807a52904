/** What can be told of sessions without opening them, to find those of a person and to end them. */

/**
 * Which sessions are meant: those of which all of it is true. Without members it is every one. Times are milliseconds since the
 * epoch.
 *
 * @public
 */
export interface SessionFilter {
  /** The whole of an {@link SessionSummary.id}, or how it begins. */
  readonly id?: string;
  /** Whose, as the reference is issued: `user:default/jane`. */
  readonly userEntityRef?: string;
  /** Programs have no provider: none of theirs is meant then. */
  readonly providerId?: string;
  /** Begun before. */
  readonly createdBefore?: number;
  /**
   * Not over by then: its `endsAt` is later, and that of a browser was used in the 30 days before. What a source cannot tell to
   * be over is meant, too.
   */
  readonly livingAt?: number;
}

/** A session as people recognise it. Nothing of it opens anything. Times are milliseconds since the epoch. @public */
export interface SessionSummary {
  /** A browser in which somebody signed in, or a program that acts for a user who approved it. */
  readonly kind: 'browser' | 'program';
  /** What it is called: the beginning of a hash, or of a random name. */
  readonly id: string;
  /** Absent where sign-in is not what the provider is for, and until the first refresh of a session of a release before. */
  readonly userEntityRef?: string;
  /** Of a browser. */
  readonly providerId?: string;
  /** What the browser called itself at sign-in, in words of ours: `Firefox on Linux`. Or the client id of the program. */
  readonly client?: string;
  /** Absent for a program that was approved under a release before. */
  readonly createdAt?: number;
  /** To some minutes. */
  readonly lastUsedAt: number;
  /** When it ends, whatever happens. */
  readonly endsAt: number;
}

/** Finds and ends sessions, over all replicas. @public */
export interface SessionSource {
  /** Those that are meant, the last used first, and of them so many at most. */
  search(filter: SessionFilter, limit: number): Promise<SessionSummary[]>;
  /**
   * Ends those that are meant, so that no replica renews them any more.
   *
   * @returns How many there were.
   */
  endWhere(filter: SessionFilter): Promise<number>;
}
