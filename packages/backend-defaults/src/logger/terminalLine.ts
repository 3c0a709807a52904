/** A log line for people: time, level, plugin, message, fields; errors below it, indented. */
import { isObject, type JsonObject, type JsonValue } from '@vestibule/backend-plugin-api';

const colors: Record<string, number> = { error: 31, warn: 33, info: 36, debug: 90 };

/** @param record - A record as it stands in the JSON log. @param useColor - Whether to write escape sequences. */
export function terminalLine(record: JsonObject, useColor: boolean): string {
  const { timestamp, level, plugin, message, error, ...rest } = record;
  const paint = (text: string, color: number) => (useColor ? `\u001b[${color}m${text}\u001b[0m` : text);
  const name = plainText(level);
  const head = [
    paint(plainText(timestamp).slice(11, 19), 90),
    paint(name.padEnd(5), colors[name] ?? 0),
    ...(plugin === undefined ? [] : [paint(plainText(plugin), 90)]),
    plainText(message),
    ...Object.entries(rest).map(([key, value]) => paint(`${key}=${shown(value)}`, 90)),
  ];
  const below = isObject(error)
    ? errorLines(error, '', '  ')
    : error === undefined
      ? []
      : [`  ${shown(error)}`];
  return `${[head.join(' '), ...below.map((line) => paint(line, 90))].join('\n')}\n`;
}

function errorLines(error: JsonObject, prefix: string, indent: string): string[] {
  const { name, message, code, hint, cause, errors, stack } = error;
  const inner = [...(cause === undefined ? [] : [cause]), ...(Array.isArray(errors) ? errors : [])];
  return [
    `${indent}${prefix}${plainText(name)}${code === undefined ? '' : ` ${plainText(code)}`}: ${plainText(message)}`,
    ...(hint === undefined ? [] : [`${indent}  ${plainText(hint)}`]),
    ...(Array.isArray(stack) ? stack.map((frame) => `${indent}    ${plainText(frame)}`) : []),
    ...inner.flatMap((other) =>
      isObject(other)
        ? errorLines(other, 'caused by ', `${indent}  `)
        : [`${indent}  caused by ${shown(other)}`],
    ),
  ];
}

function shown(value: JsonValue | undefined): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : (JSON.stringify(value) ?? '');
}

function plainText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
