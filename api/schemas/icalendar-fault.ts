/** An iCalendar document that cannot be read as a class calendar, with a pointer to each fault. */
export class CalendarFault extends Error {
  readonly errors: ReadonlyArray<{ pointer: string; detail: string }>;

  constructor(errors: ReadonlyArray<{ pointer: string; detail: string }>) {
    super('The calendar cannot be read as the sessions of a class.');
    this.errors = errors;
  }
}
