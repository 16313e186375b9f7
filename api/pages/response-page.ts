import { type Html, html } from './html.ts';
import { page } from './page.ts';
import type { Entered, Field, FieldFault } from './response-form.ts';
import { type ResponseTexts, responseTexts } from './response-texts.ts';

/** The pages on which people answer: the form, and what is said once it came back. */

export interface FormView {
  locale: string;
  personName: string;
  programName: string;
  title: string;
  intro: readonly string[];
  /** Who reads the answers; null where nothing is written that anybody has to be told of. */
  privacy: string | null;
  fields: readonly Field[];
}

/** What a form was sent with before, if it was. */
export interface FormState {
  entered: Entered;
  faults: readonly FieldFault[];
  /** There is an answer already. */
  answered: boolean;
}

/** The form. `action` is the address of the page. */
export function formPage(view: FormView, action: string, { entered, faults, answered }: FormState): string {
  const texts = responseTexts(view.locale);
  const title = faults.length > 0 ? `${texts.faultPrefix}: ${view.title}` : view.title;
  const fields = view.fields.map((field) => {
    const fault = faults.find((item) => item.field.name === field.name);
    return fieldOf(field, entered[field.name] ?? '', fault ? wordsOf(fault, texts) : null, texts);
  });
  const content = html`${faultSummary(faults, texts)}<h1>${view.title}</h1><p>${texts.forWhom(view.personName, view.programName)}</p>
${answered ? html`<p><strong>${texts.answeredBefore}</strong></p>` : null}${view.intro.map((line) => html`<p>${line}</p>`)}
${assurances(view, texts)}<form method="post" action="${action}">${fields}<button>${texts.send}</button></form>`;
  return page({ lang: texts.lang, title, content });
}

/** What is said once an answer was taken. `urgent` where it may tell of danger. */
export function thanksPage(view: FormView, urgent: boolean): string {
  const texts = responseTexts(view.locale);
  const heard = urgent ? html`<p><strong>${texts.concernHeard}</strong></p><p>${texts.danger}</p>` : null;
  return plainPage(texts, texts.thanksTitle, html`<p>${texts.thanks}</p>${heard}`);
}

/** What is said where another answer was taken before. */
export function alreadyPage(view: FormView): string {
  const texts = responseTexts(view.locale);
  return plainPage(texts, texts.alreadyTitle, html`<p>${texts.already}</p><p>${texts.danger}</p>`);
}

/** What is said of a link whose time is over; it names nobody. */
export function expiredPage({ locale }: FormView): string {
  const texts = responseTexts(locale);
  return plainPage(texts, texts.expiredTitle, html`<p>${texts.expired}</p><p>${texts.danger}</p>`);
}

function plainPage(texts: ResponseTexts, title: string, content: Html): string {
  return page({ lang: texts.lang, title, content: html`<h1>${title}</h1>${content}` });
}

function assurances({ privacy }: FormView, texts: ResponseTexts): Html | null {
  if (privacy === null) return null;
  return html`<h2>${texts.privacyTitle}</h2><p>${privacy}</p><h2>${texts.dangerTitle}</h2><p>${texts.danger}</p>`;
}

function wordsOf({ field, reason }: FieldFault, texts: ResponseTexts): string {
  if (reason === 'no_count') return texts.noCount(field.kind === 'count' ? field.most : 0);
  if (reason === 'too_long') return texts.tooLong(field.kind === 'words' ? field.longest : 0);
  return reason === 'required' ? texts.required : texts.notOffered;
}

/** Where the browser goes for a field: its input, of a choice the first one. */
const idOf = ({ name }: Field): string => `f-${name}`;

function faultSummary(faults: readonly FieldFault[], texts: ResponseTexts): Html | null {
  if (faults.length === 0) return null;
  const lines = faults.map(
    (fault) => html`<li><a href="#${idOf(fault.field)}">${fault.field.label}: ${wordsOf(fault, texts)}</a></li>`,
  );
  return html`<div class="faults" role="alert"><h2>${texts.faultsTitle}</h2><ul>${lines}</ul></div>`;
}

function fieldOf(field: Field, value: string, fault: string | null, texts: ResponseTexts): Html {
  const id = idOf(field);
  const label = html`${field.label}${field.required ? null : html` ${texts.optional}`}`;
  const hint = field.hint ? html`<p id="${id}-hint">${field.hint}</p>` : null;
  const said = fault === null ? null : html`<p class="fault" id="${id}-fault">${fault}</p>`;
  const described = [hint && `${id}-hint`, said && `${id}-fault`].filter(Boolean).join(' ');
  const describedBy = described === '' ? null : html` aria-describedby="${described}"`;
  const invalid = fault === null ? null : html` aria-invalid="true"`;
  const required = field.required ? html` required` : null;
  if (field.kind === 'choice') {
    const options = field.options.map(
      (option, index) =>
        html`<label><input type="radio" id="${index === 0 ? id : `${id}-${index}`}" name="${field.name}" value="${option.value}"${
          option.value === value ? html` checked` : null
        }${required}${invalid}>${option.label}</label>`,
    );
    return html`<fieldset${describedBy}><legend>${label}</legend>${hint}${said}${options}</fieldset>`;
  }
  const common = html`id="${id}" name="${field.name}"${describedBy}${invalid}${required}`;
  const input =
    field.kind === 'count'
      ? html`<input type="text" inputmode="numeric" maxlength="4" ${common} value="${value}">`
      : html`<textarea rows="4" maxlength="${field.longest}" ${common}>
${value}</textarea>`;
  return html`<div class="field"><label for="${id}">${label}</label>${hint}${said}${input}</div>`;
}
