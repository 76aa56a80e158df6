// Auto-pay as a customer deals with it: agreed to while paying, moved to another card, turned off in the portal or by a
// mail's link. What time brings is in autopay-over-time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertChargedOnce, assertNotCharged, suite } from './lib/suite.mjs';
import { mailed, mails } from './lib/mailbox.mjs';
import { attestedPlan, billPlan, planInvoice } from './lib/plan.mjs';
import { cardDeclines, cardIsDetached } from './lib/sandbox.mjs';
import { until } from './lib/until.mjs';
import {
  ask, assertPaid, autoPayBox, backInPortal, backOnInvoice, bannerTitle, cards, consentRow, date, haveCard, last4, masked,
  methodId, methodRow, noticeIn, onCheckout, payNow, payWith, payWithSaved, plain, saveBox, saveCard, startPaying, textOf,
} from './lib/page.mjs';

const here = suite();

const isOn = async (page, title) => {
  await page.goto(here.demo.portal);
  return await consentRow(page, title).count() === 1;
};

const fact = (row, name) => textOf(row.locator('dl > div').filter({ hasText: name }).locator('dd'));

/** The consent's id, out of its row. */
const consentOf = async (page, title) => {
  const href = await consentRow(page, title).getByRole('link', { name: /^Turn off/ }).getAttribute('href');
  return new URL(href, here.demo.base).searchParams.get('turn-off');
};

const closed = (page) => page.getByRole('dialog').waitFor({ state: 'detached' });

for (const js of [true, false]) {
  const how = js ? '' : ', without script';
  const mark = js ? '' : ' (plain)';

  test(`s26 auto-pay is offered on a plan's invoice, in full words, and on no other${how}`, async (t) => {
    const page = await here.open(t, here.demo.invoices.open, { js });
    assert.equal(await saveBox(page).count(), 1);
    assert.equal(await autoPayBox(page).count(), 0);
    for (const name of ['dunning', 'over_cap', 'past_due']) {
      await page.goto(here.demo.invoices[name]);
      assert.equal(await autoPayBox(page).count(), 0, `${name}: its plan has auto-pay already`);
    }
    await page.goto(here.demo.invoices.plan);
    assert.equal(await textOf(page.locator('label[for=auto]')), 'Auto-pay future invoices for Monthly lawn care');
    const words = await textOf(page.locator('#auto-hint'));
    assert.match(words, /^I authorize .+ to charge the card I pay with .+ on its due date, until I turn it off/);
    assert.equal(await autoPayBox(page).isChecked(), false, 'nobody agrees by default');
  });

  test(`s26 s27 s45 agreed to while paying: card kept, consent listed, confirmed by mail${how}`, async (t) => {
    const title = `Pond care${mark}`;
    const invoice = await planInvoice(here.demo, title, { cap: '250.00' });
    const number = js ? cards.debit : cards.mastercardDebit;
    const page = await here.open(t, invoice.url, { js, width: 360, height: 740 });
    // The card isn't ticked to be saved: that comes with auto-pay.
    await startPaying(page, { autoPay: true });
    assert.match(await textOf(page.locator('main')), /will be saved with/);
    assert.equal(await isOn(await here.open(t, undefined, { js }), title), false, 'nothing is agreed before it is paid');
    await payWith(page, number);
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);

    assert.ok(await isOn(page, title));
    const row = consentRow(page, title);
    assert.match(await fact(row, 'Charged to'), masked('.+', last4(number)));
    assert.match(await fact(row, 'Granted'), new RegExp(`^${date.source}$`));
    assert.equal(await fact(row, 'Cap per payment'), '$250.00');
    assert.match(await textOf(row), /Inline/);
    assert.match(await textOf(methodRow(page, last4(number))), new RegExp(`Pays ${title.replace(/[()]/g, '\\$&')}`));
    const mail = await mailed(here.demo, new RegExp(`^Auto-pay is on for ${title.replace(/[()]/g, '\\$&')}$`));
    assert.match(plain(mail.text), /“I authorize .+ never more than \$250\.00/);
    assert.match(plain(mail.text), masked('.+', last4(number)));

    // The next invoice says that it takes care of itself, and offers nothing to agree to.
    const next = await billPlan(here.demo, invoice.plan);
    await page.goto(next.url);
    assert.match(await textOf(page.locator('.banner')), new RegExp(`Auto-pay will charge .+${last4(number)} on ${date.source}\\. You don’t need to do anything\\.`));
    assert.equal(await autoPayBox(page).count(), 0);
    await assertNotCharged(next);
  });

  test(`s26 agreed to while paying with a card on file, in one tap${how}`, async (t) => {
    const title = `Hedge line${mark}`;
    const invoice = await planInvoice(here.demo, title);
    const page = await here.open(t, invoice.url, { js });
    await autoPayBox(page).check();
    await payWithSaved(page, '4242').click();
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);
    assert.ok(await isOn(page, title));
    assert.match(await fact(consentRow(page, title), 'Charged to'), masked('Visa', '4242'));
  });

  test(`s26 a payment that is declined or broken off agrees to nothing${how}`, async (t) => {
    const title = `Tree check${mark}`;
    const number = js ? cards.diners : cards.jcb;
    const page = await here.open(t, undefined, { js });
    await haveCard(page, here.demo, number);
    await cardDeclines(here.demo, last4(number), 'insufficient_funds');
    const invoice = await planInvoice(here.demo, title);
    await page.goto(invoice.url);
    await page.locator('summary', { hasText: 'Pay with another card on file' }).click();
    await autoPayBox(page).check();
    await payWithSaved(page, last4(number)).click();
    await page.getByRole('alert').waitFor();
    assert.ok(await autoPayBox(page).isChecked(), 'what was ticked is still ticked');
    assert.equal(await isOn(page, title), false);
    await page.goto(invoice.url);
    await startPaying(page, { autoPay: true });
    await page.getByRole('navigation', { name: 'Back' }).getByRole('link').click();
    await backOnInvoice(page, invoice);
    assert.equal(await isOn(page, title), false);
    await assertNotCharged(invoice);
  });

  test(`s26 without an address on file auto-pay asks for one: the copy must go out${how}`, async (t) => {
    const page = await here.open(t, here.demo.invoices.plan_no_email, { js });
    const field = page.getByLabel('Email for your copy of this agreement');
    assert.ok(!await field.isVisible(), 'not asked of those who agree to nothing');
    await autoPayBox(page).check();
    assert.ok(await field.isVisible());
    for (const [wrong, words] of [['', /Please give an email address\./], ['tom at home', /Please check this address\./]]) {
      await field.fill(wrong);
      await payNow(page).click();
      await page.locator('.field-error').filter({ hasText: words }).waitFor();
      assert.match(await textOf(page.getByRole('alert')), /Nothing was charged yet/);
      assert.equal(await field.inputValue(), wrong, 'what was typed is kept');
      assert.ok(await autoPayBox(page).isChecked());
    }
    // One of the two readers goes through with it; afterwards there is nothing left to ask.
    if (js) return;
    await field.fill('tom@becker.example');
    await payNow(page).click();
    await onCheckout(page);
    await payWith(page, cards.pays);
    await backOnInvoice(page, { url: here.demo.invoices.plan_no_email });
    await assertPaid(page);
    const mail = await until('the copy', async () => (await mails(here.demo)).find(({ to }) => to === 'tom@becker.example'));
    assert.equal(mail.subject, 'Auto-pay is on for Monthly lawn care');
  });

  test(`s26 over the cap: the invoice says why it is left to the customer${how}`, async (t) => {
    const page = await here.open(t, here.demo.invoices.over_cap, { js });
    assert.match(await textOf(page.locator('.banner')), /Auto-pay leaves this one to you: it is more than the \$300\.00 you allowed per payment\. Please pay it yourself\./);
    assert.equal(await payNow(page).count(), 1);
  });

  test(`s12 s42 s43 turned off in the portal: asked first, told by mail, later invoices are paid by hand${how}`, async (t) => {
    const title = `Patio wash${mark}`;
    const page = await here.open(t, here.demo.portal, { js });
    const { plan } = await attestedPlan(here.demo, title, await methodId(page, '4242'));
    const open = await billPlan(here.demo, plan);
    assert.ok(await isOn(page, title));
    const link = consentRow(page, title).getByRole('link', { name: /^Turn off/ });
    const asked = await ask(page, link);
    assert.equal(await textOf(asked.getByRole('heading')), `Turn off auto-pay for ${title}?`);
    assert.match(await textOf(asked), /We’ll stop charging Visa ••••ending in 4242 for .+\. You’ll still get each invoice and can pay it yourself\./);
    await asked.getByRole('link', { name: 'Keep auto-pay on' }).click();
    await closed(page);
    if (js) {
      await ask(page, link);
      await page.keyboard.press('Escape');
      await closed(page);
      assert.ok(await link.evaluate((one) => document.activeElement === one), 'the focus is back where it was');
    }
    assert.ok(await isOn(page, title), 'asking turns nothing off');
    await ask(page, link);
    await page.getByRole('dialog').getByRole('button', { name: 'Turn off auto-pay' }).click();
    await backInPortal(page, here.demo);
    assert.equal(await textOf(noticeIn(page, 'Auto-pay')),
      `Auto-pay for ${title} is off. You’ll still get each invoice and can pay it yourself.`);
    assert.equal(await consentRow(page, title).count(), 0);
    await mailed(here.demo, new RegExp(`^Auto-pay is off for ${title.replace(/[()]/g, '\\$&')}$`));

    const next = await billPlan(here.demo, plan);
    const letter = await mailed(here.demo, new RegExp(`^Invoice ${next.number} from`));
    assert.doesNotMatch(letter.text, /automatically/);
    for (const invoice of [open, next]) {
      await page.goto(invoice.url);
      assert.match(await textOf(bannerTitle(page)), /^Due on/);
      assert.doesNotMatch(await textOf(page.locator('.banner')), /Auto-pay/);
      assert.equal(await autoPayBox(page).count(), 1, 'it can be turned on again');
      await startPaying(page);
      await payWith(page, cards.pays);
      await backOnInvoice(page, invoice);
      await assertPaid(page);
      await assertChargedOnce(invoice);
    }
  });

  test(`another card for a plan: one on file, or one that is typed${how}`, async (t) => {
    const title = `Lawn edging${mark}`;
    const number = js ? cards.unionpay : '4000 0000 0000 3055';
    const page = await here.open(t, here.demo.portal, { js });
    await attestedPlan(here.demo, title, await methodId(page, '4242'));
    await page.goto(here.demo.portal);
    const before = await consentOf(page, title);
    const link = consentRow(page, title).getByRole('link', { name: /^Change card/ });

    const asked = await ask(page, link);
    assert.equal(await textOf(asked.getByRole('heading')), `Change the card for ${title}`);
    assert.equal(await asked.getByRole('radio', { name: /6789/ }).count(), 0, 'auto-pay charges cards');
    assert.match(await textOf(asked), /I authorize .+ to charge/);
    assert.match(await textOf(asked.locator('label').filter({ hasText: '4242' })), /current card/);
    await asked.getByRole('link', { name: 'Keep this card' }).click();
    await closed(page);

    const again = await ask(page, link);
    await again.getByRole('radio', { name: /4444/ }).check();
    await again.getByRole('button', { name: 'Agree and change card' }).click();
    await backInPortal(page, here.demo);
    assert.match(await textOf(noticeIn(page, 'Auto-pay')), new RegExp(`is charged to ${masked('Mastercard', '4444').source}`));
    assert.match(await fact(consentRow(page, title), 'Charged to'), masked('Mastercard', '4444'));
    assert.notEqual(await consentOf(page, title), before, 'another card is another consent');

    // Broken off on Stripe's page, all stays as it is.
    const typed = async () => {
      const dialog = await ask(page, link);
      await dialog.getByRole('radio', { name: /^Another card/ }).check();
      await dialog.getByRole('button', { name: 'Agree and change card' }).click();
      await onCheckout(page);
    };
    await typed();
    await page.getByRole('navigation', { name: 'Back' }).getByRole('link').click();
    await backInPortal(page, here.demo);
    assert.equal(await textOf(noticeIn(page, 'Auto-pay')), 'No card was saved, so auto-pay stays as it was.');
    assert.match(await fact(consentRow(page, title), 'Charged to'), masked('Mastercard', '4444'));

    await typed();
    await saveCard(page, number);
    await backInPortal(page, here.demo);
    assert.match(await textOf(noticeIn(page, 'Auto-pay')), new RegExp(`is charged to ${masked('.+', last4(number)).source}`));
    assert.match(await fact(consentRow(page, title), 'Charged to'), masked('.+', last4(number)));
    assert.equal(await methodRow(page, last4(number)).count(), 1, 'and it is on file');
  });

  test(`a card that vanished at Stripe: the plan needs a new one, and gets it${how}`, async (t) => {
    const title = `Mulch delivery${mark}`;
    const number = js ? '4000 0000 0000 5126' : '4000 0000 0000 7726';
    const page = await here.open(t, undefined, { js });
    await haveCard(page, here.demo, number);
    const { plan } = await attestedPlan(here.demo, title, await methodId(page, last4(number)));
    const invoice = await billPlan(here.demo, plan);
    await cardIsDetached(here.demo, last4(number));
    const row = consentRow(page, title);
    // Cards and consents are read one after the other: a page drawn meanwhile has one as it was, the other as it is.
    await until('the plan that needs a new card, and has none', async () => {
      await page.goto(here.demo.portal);
      return await row.getByText('Needs a new card').count() > 0 && await methodRow(page, last4(number)).count() === 0;
    });
    assert.match(await fact(row, 'Last charged to'), masked('.+', last4(number)));
    assert.match(await textOf(row), /Nothing is charged until you choose another card\./);
    await page.goto(invoice.url);
    assert.doesNotMatch(await textOf(page.locator('.banner')), /Auto-pay will charge/);
    await page.goto(here.demo.portal);
    const asked = await ask(page, row.getByRole('link', { name: /^Change card/ }));
    await asked.getByRole('radio', { name: /4242/ }).check();
    await asked.getByRole('button', { name: 'Agree and change card' }).click();
    await backInPortal(page, here.demo);
    assert.match(await fact(row, 'Charged to'), masked('Visa', '4242'));
    assert.doesNotMatch(await textOf(row), /Needs a new card/);
  });
}

test('s27 ticking auto-pay ticks the box for the card and locks it; unticking brings back what was chosen', async (t) => {
  const page = await here.open(t, here.demo.invoices.plan);
  const box = async () => [await saveBox(page).isChecked(), await saveBox(page).isDisabled()];
  assert.deepEqual(await box(), [false, false]);
  await autoPayBox(page).check();
  assert.deepEqual(await box(), [true, true]);
  assert.ok(await page.getByText('Included with auto-pay.').isVisible());
  await autoPayBox(page).uncheck();
  assert.deepEqual(await box(), [false, false]);
  await saveBox(page).check();
  await autoPayBox(page).check();
  assert.deepEqual(await box(), [true, true]);
  await autoPayBox(page).uncheck();
  assert.deepEqual(await box(), [true, false]);
});

test('s27 without script the box looks locked too, and the server keeps the card whatever is sent', async (t) => {
  const invoice = await planInvoice(here.demo, 'Compost turn');
  const page = await here.open(t, invoice.url, { js: false });
  await autoPayBox(page).check();
  assert.ok(await page.getByText('Included with auto-pay.').isVisible());
  assert.equal(await saveBox(page).isChecked(), false);
  await payNow(page).click();
  await onCheckout(page);
  assert.match(await textOf(page.locator('main')), /will be saved with/);
});

test('the books agree: each payment of these tests is one charge', async () => {
  const charges = new Map();
  for (const { metadata, refunded } of await here.demo.ledger()) {
    if (refunded === 0) charges.set(metadata.invoice_id, (charges.get(metadata.invoice_id) ?? 0) + 1);
  }
  assert.deepEqual([...charges].filter(([, count]) => count > 1), []);
});
