/**
 * What a backend needs while it runs, asked when readiness is: one question at a time, at most one a second however many probes
 * come, and slow to fall. Every replica sees the same database go away, so one that fell at the first failed question would
 * take all of them out for a blink.
 */

/** What is asked. @public */
export interface ReadinessQuestion {
  /** Said while it fails, for anybody to read: a sentence without secrets and without its full stop. */
  readonly reason: string;
  /** Rejects where the backend is of no use. Asked again once it has settled, at most once a second. */
  ask(): Promise<unknown>;
}

/** How long an answer holds. */
const freshMilliseconds = 1000;
/** How long a probe waits for an answer, as most probes give up after a second. */
const patienceMilliseconds = 500;
/** A question that was not answered for so long has failed, whatever comes of it. */
const deadlineMilliseconds = 2000;
/** How long the failures must last without one success between them. */
const fallMilliseconds = 5000;

/**
 * @param elapsed - Milliseconds since any point; a clock that nobody corrects.
 * @returns asks, and says the reason for as long as it has failed for 5 s; `undefined` after one success.
 */
export function watchDependency(
  { reason, ask }: ReadinessQuestion,
  elapsed: () => number = () => performance.now(),
): () => Promise<string | undefined> {
  let underway: { readonly since: number; readonly settled: Promise<void> } | undefined;
  let answeredAt = -Infinity;
  let failingSince: number | undefined;
  let hasFallen = false;

  const begin = (): void => {
    const since = elapsed();
    const settled = Promise.resolve()
      .then(ask)
      .then(
        () => {
          failingSince = undefined;
          hasFallen = false;
        },
        () => failed(since),
      )
      .then(() => {
        underway = undefined;
        answeredAt = elapsed();
      });
    underway = { since, settled };
  };
  const failed = (since: number): void => {
    failingSince ??= since;
    hasFallen ||= elapsed() - failingSince >= fallMilliseconds;
  };

  return async () => {
    if (!underway && elapsed() - answeredAt >= freshMilliseconds) begin();
    if (underway) await atMost(underway.settled, patienceMilliseconds);
    if (underway && elapsed() - underway.since >= deadlineMilliseconds) failed(underway.since);
    return hasFallen ? reason : undefined;
  };
}

async function atMost(settled: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([settled, patience]);
  clearTimeout(timer);
}
