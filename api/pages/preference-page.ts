import { type Choice, choices, comes, nameOf } from '../../policy/delivery/choices.ts';
import type { Channel } from '../../policy/step.ts';
import type { Preferences } from '../../prisma/store/preferences.ts';
import { type Html, html } from './html.ts';
import { page } from './page.ts';
import { type PreferenceTexts, preferenceTexts } from './preference-texts.ts';

/**
 * The page on which a person chooses what they get. It names person and program, so that whoever reads a blind copy of a
 * mail sees whose page its link leads to, and shows no address whole.
 */

/** The form, with what holds at present. `action` is the address of the page. */
export function preferencePage(preferences: Preferences, action: string): string {
  const texts = preferenceTexts(preferences.locale);
  const fields = (['email', 'sms'] as const).map((channel) => channelFields(channel, preferences, texts));
  const form = fields.some((field) => field !== null)
    ? html`<p>${texts.intro}</p><form method="post" action="${action}">${fields}<button>${texts.save}</button></form>`
    : html`<p>${texts.noAddress}</p>`;
  return framed(preferences, texts, texts.title(preferences.programName), form);
}

/** What holds once it was chosen. `action` is the address of the page. */
export function savedPage(preferences: Preferences, action: string): string {
  const texts = preferenceTexts(preferences.locale);
  const shown = choices.filter(({ channel }) => preferences.addresses[channel] !== null);
  const lines = shown.map((choice) => {
    const what = texts.kinds[nameOf(choice)] as string;
    return html`<li>${comes(choice, preferences.suppressions) ? texts.comes(what) : texts.stopped(what)}</li>`;
  });
  const content = html`<p>${texts.saved}</p><ul>${lines}</ul>${stoppedMail(preferences, texts)}
<p><a href="${action}">${texts.change}</a></p>`;
  return framed(preferences, texts, texts.savedTitle, content);
}

/** What is said of a link that this installation did not make, or of a person who is no longer there. */
export function unknownLinkPage(): string {
  const title = 'This link does not work';
  const content = html`<h1>${title}</h1><p>It may be incomplete, or no longer in use. Please open it from the message itself.</p>`;
  return page({ lang: 'en', title, content });
}

function framed({ personName, programName }: Preferences, texts: PreferenceTexts, title: string, content: Html) {
  const whose = html`<h1>${title}</h1><p>${texts.forWhom(personName, programName)}</p>`;
  return page({ lang: texts.lang, title, content: html`${whose}${content}` });
}

/** The switches of one channel; nothing where there is no address. */
function channelFields(channel: Channel, preferences: Preferences, texts: PreferenceTexts): Html | null {
  const address = preferences.addresses[channel];
  if (address === null) return null;
  const boxes = choices.filter((choice) => choice.channel === channel).map((choice) => box(choice, preferences, texts));
  const legend = channel === 'email' ? texts.mailTo(maskedMail(address)) : texts.textsTo(address.slice(-2));
  const note = channel === 'email' ? texts.alwaysComes : texts.textsNeed;
  const stopped = channel === 'email' ? stoppedMail(preferences, texts) : null;
  return html`<fieldset><legend>${legend}</legend><input type="hidden" name="shown" value="${channel}">${stopped}${boxes}<p>${note}</p></fieldset>`;
}

/** A box is ticked for what comes, but for what stops the rest, which is ticked to stop it. */
function box(choice: Choice, { suppressions }: Preferences, texts: PreferenceTexts): Html {
  const isStop = choice.category === 'optional';
  const stopped = suppressions.some(({ channel, category }) => nameOf({ channel, category }) === nameOf(choice));
  const ticked = html` checked`;
  return html`<label><input type="checkbox" name="${isStop ? 'stop' : 'get'}" value="${nameOf(choice)}"${
    isStop === stopped ? ticked : null
  }>${texts.choices[nameOf(choice)] as string}</label>`;
}

function stoppedMail({ suppressions }: Preferences, texts: PreferenceTexts): Html | null {
  const stopped = suppressions.some(({ channel, category }) => channel === 'email' && category === 'all');
  return stopped ? html`<p><strong>${texts.mailStopped}</strong></p>` : null;
}

/** Enough to recognise one's own address by. */
function maskedMail(address: string): string {
  const [name = '', domain = ''] = address.split('@');
  return `${name.slice(0, 1)}•••@${domain}`;
}
