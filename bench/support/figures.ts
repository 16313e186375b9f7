/** One line of the result: what was measured, beside the floor that the same servers set. */
export interface Figure {
  what: string;
  tandem: string;
  /** The same with bare Temporal workflows, where there is such a thing. */
  raw?: string;
  /** Tandem divided by raw. */
  ratio?: number;
  target?: string;
  met?: boolean;
}

const titles = ['', 'Tandem', 'raw', 'Tandem/raw', 'target', ''];

function cells(figure: Figure): string[] {
  const { what, tandem, raw = '', ratio, target = '', met } = figure;
  const verdict = met === undefined ? '' : met ? 'met' : 'MISSED';
  return [what, tandem, raw, ratio === undefined ? '' : `${ratio.toFixed(2)}x`, target, verdict];
}

/** The figures as a table of plain text. */
export function table(figures: Figure[]): string {
  const rows = [titles, ...figures.map(cells)];
  const widths = titles.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
    )
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
}

/** A rate compared with its floor: so many per second each. */
export function rate(what: string, tandem: number, raw: number, atLeast: number): Figure {
  const ratio = tandem / raw;
  return {
    what,
    tandem: `${tandem.toFixed(0)}/s`,
    raw: `${raw.toFixed(0)}/s`,
    ratio,
    target: `>= ${atLeast}x`,
    met: ratio >= atLeast,
  };
}

/** A measure with an upper limit, in its unit. */
export function atMost(what: string, value: number, limit: number, unit: string, digits = 1): Figure {
  return {
    what,
    tandem: `${value.toFixed(digits)} ${unit}`,
    target: `<= ${limit} ${unit}`,
    met: value <= limit,
  };
}

/** The middle one, and the largest, of some numbers. */
export function spread(values: number[]): { median: number; largest: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? 0, largest: sorted.at(-1) ?? 0 };
}
