// Auto-pay as months go by, on a demo whose time is moved: charged by itself, declined, turned off, and never charged again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { mailed, mails, mailsSoFar, turnOffLink } from './lib/mailbox.mjs';
import { cardDeclines, daysPass } from './lib/sandbox.mjs';
import {
  assertPaid, autoPayBox, bannerTitle, cards, cents, date, last4, masked, payNow, payWith, plain, startPaying, textOf,
} from './lib/page.mjs';

const here = suite();
const title = 'Monthly lawn care';

/** Days go by, one at a time, until a mail comes that fits; the mail. */
const waitForMail = async (what, fits, limit = 50) => {
  const known = await mailsSoFar(here.demo);
  for (let day = 0; day < limit; day += 1) {
    await daysPass(here.demo, 1);
    const found = (await mails(here.demo)).find((mail) => !known.has(mail.id) && fits(mail));
    if (found) return found;
  }
  return assert.fail(`no ${what} in ${limit} days`);
};

const numberOf = ({ subject }) => /INV-\d+/.exec(subject)[0];
const invoiceLink = ({ links }) => links.find((link) => link.includes('/i/'));
const isNextInvoice = ({ subject, text }) => /^Invoice INV-/.test(subject) && text.includes(title);
const dayOf = (text) => new Date(`${date.exec(text)[0]} UTC`).toISOString().slice(0, 10);
const chargesOf = async (charge) => (await here.demo.ledger()).filter((entry) => !charge.has(entry.charge));

let start;
for (const js of [true, false]) {
  const how = js ? '' : ', without script';

  test(`s12 s42 s43 s45 agreed, charged by itself, declined, turned off by the mail, never charged again${how}`, async (t) => {
    const number = js ? cards.debit : cards.mastercardDebit;
    start ??= here.demo.invoices.plan;
    const page = await here.open(t, start, { js, width: 360, height: 740 });
    const price = cents(await page.locator('.head .amount').innerText());
    const paysBy = (entries) => entries.filter(({ amount }) => amount === price);

    // He pays, agrees, and has it in writing.
    const known = await mailsSoFar(here.demo);
    await startPaying(page, { autoPay: true });
    await payWith(page, number);
    await page.waitForURL((url) => url.href.startsWith(start));
    await assertPaid(page);
    const agreement = await mailed(here.demo, new RegExp(`^Auto-pay is on for ${title}$`), known);

    // A month later the next invoice comes, says what will happen, and asks for nothing.
    const letter = await waitForMail('next invoice', isNextInvoice);
    assert.match(plain(letter.text), new RegExp(`we’ll charge ${masked('.+', last4(number)).source} on ${date.source}`));
    await page.goto(invoiceLink(letter));
    assert.match(await textOf(page.locator('.banner')), new RegExp(`Auto-pay will charge this on ${date.source}`));
    const due = dayOf(await textOf(bannerTitle(page)));
    const before = new Set((await here.demo.ledger()).map(({ charge }) => charge));

    // On its day it is charged, once, and receipted.
    const receipt = await waitForMail('receipt', ({ subject }) => subject.startsWith('Receipt') && numberOf({ subject }) === numberOf(letter));
    assert.equal(receipt.date.slice(0, 10), due, 'on the due date, and not before');
    assert.match(plain(receipt.text), /as agreed/);
    const charges = paysBy(await chargesOf(before));
    assert.equal(charges.length, 1, 'charged once');
    await page.goto(invoiceLink(letter));
    await assertPaid(page);

    // Then the card starts to decline.
    await cardDeclines(here.demo, last4(number), 'insufficient_funds');
    const second = await waitForMail('next invoice', isNextInvoice);
    const unpaid = numberOf(second);
    const failed = await waitForMail('mail about the failure', ({ subject }) => subject.includes(unpaid) && /didn’t go through/.test(subject));
    const next = /try again on ([A-Z][a-z]{2} \d{1,2}, \d{4})/.exec(plain(failed.text))?.[1];
    assert.ok(next, 'the mail says when the next try is');
    await page.goto(failed.links[0]);
    assert.equal(await textOf(bannerTitle(page)), 'Payment didn’t go through');
    assert.ok((await textOf(page.locator('.banner'))).includes(`We’ll try again on ${next}`));
    assert.match(await textOf(page.locator('.banner')), /your bank declined/);

    // He follows the link of the first mail, and turns it off in the dialog that is open.
    await page.goto(turnOffLink(agreement));
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    assert.match(await textOf(dialog), new RegExp(`${unpaid} \\(\\$[\\d.]+\\) stays unpaid, and we won’t try the card for it again\\.`));
    const [off, charged] = [await mailsSoFar(here.demo), new Set((await here.demo.ledger()).map(({ charge }) => charge))];
    await dialog.getByRole('button', { name: 'Turn off auto-pay' }).click();
    await page.getByRole('heading', { level: 1, name: new RegExp(`^Auto-pay for ${title} is off since`) }).waitFor();
    await mailed(here.demo, new RegExp(`^Auto-pay is off for ${title}$`), off);
    await page.goto(failed.links[0]);
    assert.doesNotMatch(await textOf(page.locator('.banner')), /try again on/);

    // The card would pay again, but nobody asks it to.
    await cardDeclines(here.demo, last4(number));
    const third = await waitForMail('next invoice', isNextInvoice);
    assert.doesNotMatch(third.text, /we’ll charge/);
    await daysPass(here.demo, 20);
    assert.deepEqual(paysBy(await chargesOf(charged)), [], 'nothing is charged any more');

    // Both can be paid by hand; the last of them is where the other reader starts.
    await page.goto(failed.links[0]);
    assert.match(await textOf(bannerTitle(page)), /^Overdue/);
    await payNow(page).waitFor();
    await page.goto(invoiceLink(third));
    assert.match(await textOf(bannerTitle(page)), /^(Due on|Overdue)/);
    assert.equal(await autoPayBox(page).count(), 1);
    start = invoiceLink(third);
  });
}

test('the books agree: no invoice was charged twice in all that time', async () => {
  const charges = new Map();
  for (const { metadata, refunded } of await here.demo.ledger()) {
    if (refunded === 0) charges.set(metadata.invoice_id, (charges.get(metadata.invoice_id) ?? 0) + 1);
  }
  assert.deepEqual([...charges].filter(([, count]) => count > 1), []);
});
