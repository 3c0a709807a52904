/**
 * One run of an act for all who ask, now and later. A run that failed is forgotten: whoever asks next makes another.
 *
 * @example
 * ```ts
 * const client = once(async () => connect(url));
 * await client(); // connects
 * await client(); // the same connection
 * ```
 * @public
 */
export function once<T>(act: () => Promise<T>): () => Promise<T> {
  let run: Promise<T> | undefined;
  return async () =>
    (run ??= act().catch((error: unknown) => {
      run = undefined;
      throw error;
    }));
}
