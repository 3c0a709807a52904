/** `${A}` inside strings. */

/** Environment variables by name. @public */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a variable. `hasDefault`: whether something stands in its place where it is unset. */
export type VariableReader = (name: string, hasDefault: boolean) => string | undefined;

/**
 * Replaces `${A}` by the variable's trimmed value and `${A:-b}` by `b` where it is unset or empty; `$${` stands for `${`.
 *
 * @param onUnset - Is told the name of every variable that is unset and has no default.
 * @returns `undefined` where there is such a variable: the whole value is absent then.
 */
export function substitute(
  text: string,
  read: VariableReader,
  onUnset?: (name: string) => void,
): string | undefined {
  let isComplete = true;
  const result = text.replace(/(\$?)\$\{([^{}]*)\}/g, (whole, escape: string, inner: string) => {
    if (escape) return whole.slice(1);
    const [name = '', ...rest] = inner.split(':-');
    const value = read(name.trim(), rest.length > 0);
    if (rest.length === 0) {
      if (value === undefined) onUnset?.(name.trim());
      isComplete &&= value !== undefined;
      return value ?? '';
    }
    const chosen = value || rest.join(':-').trim();
    isComplete &&= chosen !== '';
    return chosen;
  });
  return isComplete ? result : undefined;
}

/** The trimmed value of a variable. */
export function readVariable(environment: Environment, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name]?.trim() : undefined;
}
