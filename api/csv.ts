/** Whether a caller would rather have CSV than JSON: it names CSV, and JSON not before it. */
export function wantsCsv(accept: string | undefined): boolean {
  const types = (accept ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  const [csv, json] = [types.indexOf('text/csv'), types.indexOf('application/json')];
  return csv >= 0 && (json < 0 || csv < json);
}

/** What a cell may hold; null is an empty one. */
export type CsvCell = string | number | boolean | null;

/** Rows as RFC 4180 has them. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvOf(rows: CsvCell[][]): string {
  return rows.map(csvLine).join('');
}

/** One row of `csvOf`, with the end of its line. */
export function csvLine(row: CsvCell[]): string {
  return `${row.map(cell).join(',')}\r\n`;
}

/**
 * What makes a spreadsheet read a text as a formula: one of these signs, also in full width, behind whatever the program
 * passes over before it; and a tab or a line break at the beginning, behind which it may look again.
 */
const formula = /^(?:[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/u;

/** A comma is not what every spreadsheet parts by: what others would part at is quoted too. */
const needsQuotes = /[",;|\t\r\n]/;

function cell(value: CsvCell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = formula.test(value) ? `'${value}` : value;
  return needsQuotes.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
