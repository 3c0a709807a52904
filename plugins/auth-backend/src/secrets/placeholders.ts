/** Values that stand in examples where a secret belongs. They are refused in production, since everybody knows them. */
const placeholder =
  /^(?:change[-_ ]?(?:me|this)|secret|placeholder|your[-_ ].*|example|password|xxx+|dev-only-.*|<.*>)$/i;

export function isPlaceholder(secret: string): boolean {
  return placeholder.test(secret);
}
