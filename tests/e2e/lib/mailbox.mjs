// The demo's mailbox, which stands in for the customer's.
import assert from 'node:assert/strict';
import { until } from './until.mjs';

/** All mails, newest first: id, to, subject, date, text, links. */
export const mails = async (demo) => {
  const reply = await fetch(`${demo.mailbox}/mails.json`);
  assert.equal(reply.status, 200);
  return reply.json();
};

/** Which mails there are by now, so that a later one is told from an older one of the same subject. */
export const mailsSoFar = async (demo) => new Set((await mails(demo)).map(({ id }) => id));

/** The newest mail with such a subject that isn't among `known`; waits for it. */
export const mailed = (demo, subject, known = new Set()) => until(`a mail ${subject}`, async () =>
  (await mails(demo)).find((mail) => subject.test(mail.subject) && !known.has(mail.id)));

/** The link of a mail that turns auto-pay off. */
export const turnOffLink = (mail) => {
  const found = mail.links.filter((link) => link.includes('?turn-off='));
  assert.equal(found.length, 1, `"${mail.subject}" has one link to turn auto-pay off`);
  return found[0];
};

/** The page of a mail in the mailbox. */
export const mailPage = (demo, mail) => `${demo.mailbox}/${mail.id}`;
