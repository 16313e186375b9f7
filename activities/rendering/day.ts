const civilDate = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A locale as Intl writes it; what Intl does not know becomes English, so that a person's setting never stops a message. */
export function knownLocale(locale: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale.replaceAll('_', '-'))[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/**
 * A civil date (`YYYY-MM-DD`) as people write it, such as "Wednesday, November 18". Locale, calendar and zone are named, so
 * that no machine's settings show. Null for anything that is not a date of the calendar.
 */
export function longDay(value: unknown, locale: string): string | null {
  const parts = typeof value === 'string' ? civilDate.exec(value) : null;
  if (parts === null) return null;
  const date = new Date(`${parts[0]}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(parts[3])) return null;
  return formatOf(locale).format(date);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are costly to make and there are only as many as Intl has locales. */
function formatOf(locale: string): Intl.DateTimeFormat {
  const name = new Intl.Locale(knownLocale(locale)).baseName;
  const format =
    formats.get(name) ??
    new Intl.DateTimeFormat(name, {
      weekday: 'long',
      month: 'long',
      day: 'numeric',
      calendar: 'gregory',
      timeZone: 'UTC',
    });
  formats.set(name, format);
  return format;
}
