// An invoice paid with a card on file: one tap, and once. What stands in the way is said, and leads on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertChargedOnce, assertNotCharged, suite } from './lib/suite.mjs';
import { mailed } from './lib/mailbox.mjs';
import { planInvoice } from './lib/plan.mjs';
import { cardDeclines } from './lib/sandbox.mjs';
import {
  assertPaid, backOnInvoice, bannerTitle, cards, checkoutPay, fillCard, haveCard, last4, masked, onCheckout, payNow,
  payWith, payWithSaved, startPaying, textOf,
} from './lib/page.mjs';
import { until } from './lib/until.mjs';

const here = suite();

// A repeating plan's invoices are as good as any, and there can be as many as there are tests.
let made = 0;
const invoiceOf = () => {
  made += 1;
  return planInvoice(here.demo, `Window cleaning ${made}`, { price: `${40 + made}.50` });
};

const complete = (page) => page.getByRole('button', { name: 'Complete' });

for (const js of [true, false]) {
  const how = js ? '' : ', without script';

  test(`s25 a card saved while paying pays the next invoice in one tap, with nothing typed${how}`, async (t) => {
    const number = js ? cards.debit : cards.mastercardDebit;
    const [first, second] = [await invoiceOf(), await invoiceOf()];
    const page = await here.open(t, first.url, { js, width: 360, height: 740 });
    await startPaying(page, { save: true });
    await payWith(page, number);
    await backOnInvoice(page, first);
    await assertPaid(page);

    const asked = [];
    page.on('request', (request) => { if (request.url().startsWith(here.demo.stripe)) asked.push(request.url()); });
    await page.goto(second.url);
    const further = page.locator('summary', { hasText: 'Pay with another card on file' });
    if (!await payWithSaved(page, last4(number)).isVisible()) await further.click();
    await payWithSaved(page, last4(number)).click();
    await backOnInvoice(page, second);
    await assertPaid(page);
    assert.deepEqual(asked, [], 'Stripe’s page was not needed');
    await page.getByRole('link', { name: 'View receipt' }).click();
    assert.match(await textOf(page.locator('ul.payments > li')), masked('.+', last4(number)));
    for (const invoice of [first, second]) {
      await assertChargedOnce(invoice);
      await mailed(here.demo, new RegExp(`^Receipt from .* for invoice ${invoice.number}$`));
    }
  });

  test(`s25 the default leads; its button is the one that stands out${how}`, async (t) => {
    const page = await here.open(t, (await invoiceOf()).url, { js });
    const leading = page.locator('form.pay button').first();
    assert.match(await textOf(leading), masked('Pay \\$[\\d,.]+ with Visa', '4242'));
    assert.match(await leading.getAttribute('class'), /primary/);
    assert.equal(await textOf(payNow(page)), 'Pay another way');
    await page.locator('summary', { hasText: 'Pay with another card on file' }).click();
    assert.ok(await payWithSaved(page, '4444').isVisible());
    assert.equal(await payWithSaved(page, '6789').count(), 0, 'a bank account is charged in no tap');
    assert.equal(await payWithSaved(page, '1117').count(), 0, 'nor is a card that has expired');
  });

  test(`a double click on the saved card charges once${how}`, async (t) => {
    const invoice = await invoiceOf();
    const page = await here.open(t, invoice.url, { js });
    await payWithSaved(page, '4242').dblclick({ noWaitAfter: true });
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);
  });

  test(`the saved card is declined: it says why, and another one pays${how}`, async (t) => {
    const number = js ? cards.jcb : cards.diners;
    const page = await here.open(t, undefined, { js });
    await haveCard(page, here.demo, number);
    await cardDeclines(here.demo, last4(number), 'insufficient_funds');
    const invoice = await invoiceOf();
    await page.goto(invoice.url);
    await page.locator('summary', { hasText: 'Pay with another card on file' }).click();
    await payWithSaved(page, last4(number)).click();
    const notice = page.getByRole('alert');
    await notice.waitFor();
    assert.match(await textOf(notice), new RegExp(`^Your bank declined ${masked('.+', last4(number)).source}: .+\\. Nothing was charged\\.`));
    await assertNotCharged(invoice);
    assert.match(await textOf(bannerTitle(page)), /^Due on/, 'what the customer tried himself is no dunning');
    // Reloading the answer is no second try.
    await page.goto(invoice.url);
    assert.equal(await page.getByRole('alert').count(), 0);
    await page.locator('summary', { hasText: 'Pay with another card on file' }).click();
    await payWithSaved(page, last4(number)).click();
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Pay with another card', exact: true }).click();
    await onCheckout(page);
    await payWith(page, cards.pays);
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);
  });

  test(`the saved card's bank asks: to the bank, and back paid${how}`, async (t) => {
    const page = await here.open(t, undefined, { js });
    await haveBankThatAsks(page);
    const invoice = await invoiceOf();
    await page.goto(invoice.url);
    await tapTheOneThatAsks(page);
    await complete(page).waitFor();
    await assertNotCharged(invoice);
    await complete(page).click();
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);
  });

  test(`the saved card's bank asks and the customer fails: nothing is charged, another card pays${how}`, async (t) => {
    const page = await here.open(t, undefined, { js });
    await haveBankThatAsks(page);
    const invoice = await invoiceOf();
    await page.goto(invoice.url);
    await tapTheOneThatAsks(page);
    await page.getByRole('button', { name: 'Fail' }).click();
    await backOnInvoice(page, invoice);
    assert.match(await textOf(page.locator('.notice')), /Nothing was charged/);
    await assertNotCharged(invoice);
    await payWithSaved(page, '4242').click();
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);
  });

  test(`back from the bank without an answer: the invoice can be paid with another card, once${how}`, async (t) => {
    const page = await here.open(t, undefined, { js });
    await haveBankThatAsks(page);
    const invoice = await invoiceOf();
    await page.goto(invoice.url);
    await tapTheOneThatAsks(page);
    await complete(page).waitFor();
    const bank = page.url();
    await page.goto(invoice.url);
    await payWithSaved(page, '4242').click();
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    // The bank's page that was left open moves no money any more.
    const late = await page.context().newPage();
    await late.goto(bank);
    if (await complete(late).count() > 0) {
      await complete(late).click();
      await late.waitForLoadState('networkidle');
    }
    await assertChargedOnce(invoice);
  });
}

const haveBankThatAsks = (page) => haveCard(page, here.demo, cards.asksEachTime, {
  atBank: () => complete(page).click(),
});

const tapTheOneThatAsks = async (page) => {
  await page.locator('summary', { hasText: 'Pay with another card on file' }).click();
  await payWithSaved(page, '3184').click();
};

test('the page on the way to the bank says what comes, and has a button for those it doesn’t lead on by itself', async (t) => {
  const page = await here.open(t);
  await haveBankThatAsks(page);
  const invoice = await invoiceOf();
  await page.goto(invoice.url);
  // The bank's page doesn't open by itself, as in a browser that follows no refresh.
  await page.route((url) => url.origin === here.demo.stripe, (route) => route.fulfill({ status: 204 }));
  await tapTheOneThatAsks(page);
  const way = page.getByRole('link', { name: 'Continue to your bank' });
  await way.waitFor();
  assert.equal(await textOf(page.getByRole('heading', { level: 1 })), 'Your bank wants to check that it’s you');
  assert.ok((await textOf(page.locator('main'))).includes(invoice.number));
  await page.unrouteAll();
  await way.click();
  await complete(page).click();
  await backOnInvoice(page, invoice);
  await assertPaid(page);
  await assertChargedOnce(invoice);
});

test('one tab on Stripe’s page, one with the saved card: charged once', async (t) => {
  const invoice = await invoiceOf();
  const context = await here.context(t);
  const [typed, tapped] = [await context.newPage(), await context.newPage()];
  await Promise.all([typed.goto(invoice.url), tapped.goto(invoice.url)]);
  await startPaying(typed);
  await fillCard(typed, cards.pays);
  const isPost = (reply) => reply.request().method() === 'POST';
  await Promise.all([
    typed.waitForResponse(isPost),
    tapped.waitForResponse(isPost),
    checkoutPay(typed).click({ noWaitAfter: true }),
    payWithSaved(tapped, '4242').click({ noWaitAfter: true }),
  ]);
  // Both were answered, wherever they lead; a page of its own sees what came of it.
  const looking = await context.newPage();
  await until('"Paid on"', async () => {
    await looking.goto(invoice.url);
    return /^Paid on/.test(await textOf(bannerTitle(looking)));
  });
  await assertPaid(looking);
  await assertChargedOnce(invoice);
});

test('s14 by an invoice’s own link no saved card is shown or charged', async (t) => {
  const invoice = await invoiceOf();
  const mail = await mailed(here.demo, new RegExp(`^Invoice ${invoice.number} from`));
  const page = await here.open(t, mail.links.find((link) => link.includes('/i/')));
  assert.equal(await page.getByText('••••').count(), 0);
  assert.equal(await textOf(payNow(page)), 'Pay now');
  // Nor if the browser is made to send one.
  const inside = await here.open(t, invoice.url);
  const method = await payWithSaved(inside, '4242').getAttribute('value');
  await page.locator('form.pay').evaluate((form, value) => {
    const input = Object.assign(document.createElement('input'), { type: 'hidden', name: 'with', value });
    form.append(input);
  }, method);
  await payNow(page).click();
  await page.getByRole('alert').waitFor();
  await assertNotCharged(invoice);
});

test('the books agree: each payment of these tests is one charge', async () => {
  const charges = new Map();
  for (const { metadata, refunded } of await here.demo.ledger()) {
    if (refunded === 0) charges.set(metadata.invoice_id, (charges.get(metadata.invoice_id) ?? 0) + 1);
  }
  assert.deepEqual([...charges].filter(([, count]) => count > 1), []);
});
