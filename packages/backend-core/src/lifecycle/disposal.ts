/** Frees values that know how to free themselves. */

/** How a value is disposed of, or `undefined` when it is not disposable. */
export function disposalOf(value: unknown): (() => unknown) | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const disposable = value as Partial<AsyncDisposable & Disposable>;
  if (typeof disposable[Symbol.asyncDispose] === 'function') return () => disposable[Symbol.asyncDispose]?.();
  if (typeof disposable[Symbol.dispose] === 'function') return () => disposable[Symbol.dispose]?.();
  return undefined;
}

/** Disposes of a value that came after its deadline, when nobody waits for it any more. */
export function disposeNow(value: unknown): void {
  const dispose = disposalOf(value);
  if (!dispose) return;
  void (async () => dispose())().catch(() => {}); // The deadline has been reported; there is nobody left to tell.
}
