/** Whether a caller would rather have CSV than JSON: it names CSV, and JSON not before it. */
export function wantsCsv(accept: string | undefined): boolean {
  const types = (accept ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  const [csv, json] = [types.indexOf('text/csv'), types.indexOf('application/json')];
  return csv >= 0 && (json < 0 || csv < json);
}

/** Rows as RFC 4180 has them. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvOf(rows: Array<Array<string | number>>): string {
  return `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
