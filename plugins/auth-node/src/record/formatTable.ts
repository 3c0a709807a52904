/** What tables for people in a terminal are made of. */

/**
 * Rows in columns, two spaces apart.
 *
 * @param rows - The heading first; texts of others made plain before.
 * @public
 */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * A time of RFC 3339 in UTC as people read it: `2026-11-22 10:12:03Z`.
 *
 * @public
 */
export function spokenTime(at: string): string {
  return at.replace('T', ' ').replace(/\.\d+/, '');
}
