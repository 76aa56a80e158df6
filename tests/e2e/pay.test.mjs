// Paying: whatever a customer clicks, and however often, each invoice is charged once or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertChargedOnce, assertNotCharged, suite } from './lib/suite.mjs';
import {
  assertPaid, backOnInvoice, bannerTitle, cards, cents, checkoutPay, date, fillCard, invoiceRows, masked, onCheckout,
  payNow, payWith, section, soon, startPaying, textOf,
} from './lib/page.mjs';
import { until } from './lib/until.mjs';

const here = suite();

const assertPayable = async (page) => {
  assert.match(await textOf(bannerTitle(page)), /^(Due on|Overdue|Past due|Payment didn’t go through)/);
  await payNow(page).waitFor();
};

const rejected = (page) => page.locator('[role=alert], .field-error').first();

for (const js of [true, false]) {
  const how = js ? '' : ', without script';

  test(`s01 s06 s19 s20 from the link to the receipt${how}`, async (t) => {
    const invoice = await here.freshInvoice();
    const page = await here.open(t, invoice.demo.portal, { demo: invoice.demo, js, width: 360, height: 740 });
    const owed = cents(await page.locator('.head .amount').innerText());
    const row = page.locator('#invoices a.row').filter({ has: page.locator('.row-name', { hasText: invoice.number }) });
    await row.click();
    await startPaying(page);
    assert.equal(cents(await page.locator('.head .amount').innerText()), invoice.amount, 'Checkout asks for the balance');
    assert.equal(cents(await checkoutPay(page).innerText()), invoice.amount);
    await payWith(page, cards.pays);
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    const charge = await assertChargedOnce(invoice);

    await page.getByRole('link', { name: 'View receipt' }).click();
    const payment = page.locator('ul.payments > li');
    await payment.filter({ hasText: charge.charge }).waitFor();
    assert.match(await textOf(payment.filter({ hasText: charge.charge })), masked('Visa', '4242'));
    assert.match(await textOf(payment.filter({ hasText: charge.charge })), new RegExp(date.source));
    assert.equal(cents(await textOf(payment.filter({ hasText: charge.charge }))), invoice.amount);

    await page.goto(invoice.demo.portal);
    // One that was listed below as old and unpaid is gone from the list, now that it is paid.
    if (await row.count() > 0) assert.match(await textOf(row.locator('.status')), /^Paid/);
    assert.equal(cents(await page.locator('.head .amount').innerText()), owed - invoice.amount);
  });

  test(`a declined card, then a good one${how}`, async (t) => {
    const invoice = await here.freshInvoice();
    const page = await here.open(t, invoice.url, { demo: invoice.demo, js });
    await startPaying(page);
    for (const card of [cards.declined, cards.noMoney]) {
      await payWith(page, card);
      await rejected(page).waitFor();
      await assertNotCharged(invoice);
    }
    await payWith(page, cards.pays);
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);
  });

  test(`the bank asks, the customer completes${how}`, async (t) => {
    const invoice = await here.freshInvoice();
    const page = await here.open(t, invoice.url, { demo: invoice.demo, js });
    await startPaying(page);
    await payWith(page, cards.asksOnce);
    const complete = page.getByRole('button', { name: /complete/i });
    await complete.waitFor();
    await assertNotCharged(invoice);
    await complete.click();
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);
  });

  test(`the bank asks, the customer fails, then pays with another card${how}`, async (t) => {
    const invoice = await here.freshInvoice();
    const page = await here.open(t, invoice.url, { demo: invoice.demo, js });
    await startPaying(page);
    await payWith(page, cards.asksOnce);
    await page.getByRole('button', { name: /fail/i }).click();
    await onCheckout(page);
    await rejected(page).waitFor();
    await assertNotCharged(invoice);
    await payWith(page, cards.pays);
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);
  });

  test(`back from Checkout: nothing is paid, a notice says so, and it can be paid as before${how}`, async (t) => {
    const invoice = await here.freshInvoice();
    const page = await here.open(t, invoice.url, { demo: invoice.demo, js });
    await startPaying(page);
    const link = page.getByRole('navigation', { name: 'Back' }).getByRole('link');
    assert.match(await textOf(link), /^Back to/);
    await link.click();
    await backOnInvoice(page, invoice);
    const notice = page.locator('.notice');
    assert.equal(await notice.count(), 1);
    assert.match(await notice.getAttribute('role'), /^(status|alert)$/);
    assert.match(await textOf(notice), /not|n’t|nothing/i);
    await assertPayable(page);
    await assertNotCharged(invoice);
    // The notice is said once: it is gone when the page is opened again.
    await page.goto(invoice.url);
    assert.equal(await page.locator('.notice').count(), 0);
    await startPaying(page);
    await payWith(page, cards.pays);
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);
  });

  test(`a double click on Pay now and on Pay charges once${how}`, async (t) => {
    const invoice = await here.freshInvoice();
    const page = await here.open(t, invoice.url, { demo: invoice.demo, js });
    await payNow(page).dblclick({ noWaitAfter: true });
    await onCheckout(page);
    await fillCard(page, cards.pays);
    await checkoutPay(page).dblclick({ noWaitAfter: true });
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);
  });

  test(`the amount changed while the page was open: it says so and charges nothing${how}`, async (t) => {
    const invoice = await here.freshInvoice();
    const page = await here.open(t, invoice.url, { demo: invoice.demo, js });
    // What the page shows is older than what the server knows.
    await page.locator('form.pay input[name=amount]').first().evaluate((input) => { input.value = String(Number(input.value) + 100); });
    await payNow(page).click();
    const notice = page.locator('.notice');
    await notice.waitFor();
    assert.match(await textOf(notice), /balance changed to/);
    assert.equal(cents(await textOf(notice)), invoice.amount);
    assert.equal(cents(await page.locator('.head .amount').innerText()), invoice.amount);
    await assertNotCharged(invoice);
    await startPaying(page);
    await payWith(page, cards.pays);
    await backOnInvoice(page, invoice);
    await assertPaid(page);
    await assertChargedOnce(invoice);
  });

  test(`s25 a card saved while paying appears under Saved payment methods; one not saved doesn't${how}`, async (t) => {
    const first = await here.freshInvoice();
    const page = await here.open(t, first.url, { demo: first.demo, js });
    const saved = async (invoice) => {
      await page.goto(invoice.demo.portal);
      const rows = await section(page, 'Saved payment methods').locator('li.method').all();
      return (await Promise.all(rows.map(textOf))).filter((text) => masked('Mastercard', '4444').test(text));
    };
    if ((await saved(first)).length === 0) {
      await page.goto(first.url);
      await startPaying(page);
      await payWith(page, cards.mastercard);
      await backOnInvoice(page, first);
      await assertPaid(page);
      assert.deepEqual(await saved(first), [], 'the box was not ticked');
    }

    const second = await here.freshInvoice();
    const later = second.demo === first.demo ? page : await here.open(t, undefined, { demo: second.demo, js });
    await later.goto(second.url);
    await startPaying(later, { save: true });
    assert.match(await textOf(later.locator('main')), /will be saved with/, 'Checkout says that it keeps the card');
    await payWith(later, cards.mastercard);
    await backOnInvoice(later, second);
    await assertPaid(later);
    await assertChargedOnce(second);
    await later.goto(second.demo.portal);
    const row = section(later, 'Saved payment methods').locator('li.method').filter({ hasText: '4444' });
    assert.equal(await row.count(), 1, 'once, however often it is saved');
    assert.match(await textOf(row), masked('Mastercard', '4444'));
    assert.match(await textOf(row), new RegExp(`Expires 12/\\d{4}\\. Added ${date.source}`));
  });
}

test('s14 by its public link an invoice is paid and comes back to that link', async (t) => {
  const url = here.demo.pay_block.online;
  const before = (await here.demo.ledger()).length;
  const page = await here.open(t, url);
  const amount = cents(await page.locator('.head .amount').innerText());
  await startPaying(page);
  await payWith(page, cards.pays);
  await backOnInvoice(page, { url });
  await assertPaid(page);
  const charges = (await here.demo.ledger()).slice(before);
  assert.deepEqual(charges.map((charge) => charge.amount), [amount]);
  assert.ok(!(await page.content()).includes('/p/'));
});

test('two tabs share one payment', async (t) => {
  const invoice = await here.freshInvoice();
  const context = await here.context(t, { demo: invoice.demo });
  const [one, two] = [await context.newPage(), await context.newPage()];
  await Promise.all([one.goto(invoice.url), two.goto(invoice.url)]);
  await Promise.all([startPaying(one), startPaying(two)]);
  assert.equal(two.url(), one.url(), 'the same Checkout page');
  await Promise.all([fillCard(one, cards.pays), fillCard(two, cards.pays)]);
  // Both at the same time; the slower one finds it paid already, and is sent back all the same.
  await Promise.all([checkoutPay(one).click({ noWaitAfter: true }), checkoutPay(two).click({ noWaitAfter: true })]);
  for (const page of [one, two]) {
    await backOnInvoice(page, invoice);
    await assertPaid(page);
  }
  await assertChargedOnce(invoice);
});

test('two tabs, one after the other: the second is told that it is paid', async (t) => {
  const invoice = await here.freshInvoice();
  const context = await here.context(t, { demo: invoice.demo });
  const [stale, page] = [await context.newPage(), await context.newPage()];
  await stale.goto(invoice.url);
  await page.goto(invoice.url);
  await startPaying(page);
  await payWith(page, cards.pays);
  await backOnInvoice(page, invoice);
  await assertPaid(page);
  await payNow(stale).click();
  await assertPaid(stale);
  await assertChargedOnce(invoice);
});

test('the back button after paying: what was paid stays paid, once', async (t) => {
  const invoice = await here.freshInvoice();
  const page = await here.open(t, invoice.url, { demo: invoice.demo });
  await startPaying(page);
  await payWith(page, cards.pays);
  await backOnInvoice(page, invoice);
  await assertPaid(page);
  for (let step = 0; step < 3; step += 1) {
    if (await page.goBack({ waitUntil: 'load' }) === null) break;
    if (await page.getByLabel('Card number').isVisible()) {
      await fillCard(page, cards.pays);
      await checkoutPay(page).click();
      await page.waitForLoadState('networkidle');
    } else if (await payNow(page).isVisible()) {
      await payNow(page).click();
      await page.waitForLoadState('networkidle');
    }
  }
  await page.goto(invoice.url);
  await assertPaid(page);
  await assertChargedOnce(invoice);
});

test('left at Checkout and opened again later, on another device: payable, on the same Checkout page', async (t) => {
  const invoice = await here.freshInvoice();
  const first = await here.open(t, invoice.url, { demo: invoice.demo });
  await startPaying(first);
  const checkout = first.url();
  await first.close();
  const page = await here.open(t, invoice.url, { demo: invoice.demo });
  await assertPayable(page);
  await startPaying(page);
  assert.equal(page.url(), checkout);
  await payWith(page, cards.pays);
  await backOnInvoice(page, invoice);
  await assertPaid(page);
  await assertChargedOnce(invoice);
});

test('with the box ticked the second time, the first Checkout page is closed', async (t) => {
  const invoice = await here.freshInvoice();
  const context = await here.context(t, { demo: invoice.demo });
  const [first, page] = [await context.newPage(), await context.newPage()];
  await first.goto(invoice.url);
  await startPaying(first);
  await page.goto(invoice.url);
  await startPaying(page, { save: true });
  assert.notEqual(page.url(), first.url(), 'other terms, another Checkout page');
  await fillCard(first, cards.pays);
  await checkoutPay(first).click();
  await first.waitForLoadState('networkidle');
  await assertNotCharged(invoice);
  await payWith(page, cards.pays);
  await backOnInvoice(page, invoice);
  await assertPaid(page);
  await assertChargedOnce(invoice);
});

test('the way back can be opened again: nothing is charged twice', async (t) => {
  const invoice = await here.freshInvoice();
  const page = await here.open(t, invoice.url, { demo: invoice.demo });
  const ways = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/r/')) ways.push(request.url());
  });
  await startPaying(page);
  await payWith(page, cards.pays);
  await backOnInvoice(page, invoice);
  assert.equal(ways.length, 1);
  await page.goto(ways[0]);
  await backOnInvoice(page, invoice);
  await assertPaid(page);

  // On another device the code is no key: amount and outcome, and no link to anything.
  const stranger = await here.open(t, ways[0], { demo: invoice.demo });
  assert.match(await textOf(stranger.locator('body')), /paid/i);
  assert.equal(cents(await stranger.locator('body').innerText()), invoice.amount);
  assert.equal(await stranger.locator('main a').count(), 0);
  assert.ok(!/\/[pi]\//.test(await stranger.content()));
  await assertChargedOnce(invoice);
});

test('the customer pays and never comes back: the invoice is paid all the same', async (t) => {
  const invoice = await here.freshInvoice();
  const context = await here.context(t, { demo: invoice.demo });
  const page = await context.newPage();
  await context.route((url) => url.pathname.startsWith('/r/'), (route) => route.abort('aborted'));
  await page.goto(invoice.url);
  await startPaying(page);
  await payWith(page, cards.pays);
  const other = await here.open(t, invoice.url, { demo: invoice.demo });
  await until('"Paid on"', async () => {
    await other.goto(invoice.url);
    return /^Paid on/.test(await textOf(bannerTitle(other)));
  });
  await assertPaid(other);
  await assertChargedOnce(invoice);
});

test('with the keyboard only', async (t) => {
  const invoice = await here.freshInvoice();
  const page = await here.open(t, invoice.demo.portal, { demo: invoice.demo });
  const focused = () => page.evaluate(() => {
    const element = document.activeElement;
    return (element.labels?.[0]?.textContent ?? element.textContent ?? '').replace(/\s+/g, ' ').trim();
  });
  const tabTo = async (name, limit = 150) => {
    for (let at = 0; at < limit; at += 1) {
      await page.keyboard.press('Tab');
      if (name.test(await focused())) {
        const ring = await page.evaluate(() => {
          const style = getComputedStyle(document.activeElement);
          return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
        });
        assert.ok(ring || await page.evaluate(() => document.activeElement.matches('a.row')), `the focus on ${name} can be seen`);
        return;
      }
    }
    assert.fail(`the keyboard does not reach ${name}`);
  };

  await page.keyboard.press('Tab');
  assert.match(await focused(), /^Skip to/);
  const row = invoice.number.replace(/[^\w-]/g, '.');
  await page.locator('#invoices a.row').first().waitFor();
  await tabTo(new RegExp(`^${row}\\b`));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: `Invoice ${invoice.number}` }).waitFor();
  await page.waitForLoadState();
  await tabTo(/^(Pay now|Pay another way)$/);
  await page.keyboard.press('Enter');
  await onCheckout(page);
  await page.waitForLoadState();
  for (const [label, value] of [
    [/^Card number/, cards.pays.replaceAll(' ', '')], [/^Expiry/, soon()],
    [/^CVC/, '123'], [/^Name on card/, 'Dana Whitfield'], [/^ZIP code/, '78745'],
  ]) {
    await tabTo(label, 30);
    await page.keyboard.type(value);
  }
  await page.keyboard.press('Enter');
  await backOnInvoice(page, invoice);
  await assertPaid(page);
  await assertChargedOnce(invoice);
});

test('the books agree: each paid invoice of these tests has one charge, and each charge one invoice', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const paid = new Set((await invoiceRows(page)).filter(({ status }) => /^(Paid|Partly refunded|Refunded)/.test(status))
    .map(({ url }) => new URL(url).pathname.split('/').at(-1)));
  const seen = new Map();
  for (const charge of await here.demo.ledger()) {
    const invoice = charge.metadata?.invoice_id;
    assert.ok(invoice, `${charge.charge} says which invoice it pays`);
    seen.set(invoice, (seen.get(invoice) ?? 0) + charge.amount - charge.refunded);
  }
  const twice = new Map();
  for (const { metadata, refunded } of await here.demo.ledger()) {
    if (refunded === 0) twice.set(metadata.invoice_id, (twice.get(metadata.invoice_id) ?? 0) + 1);
  }
  assert.deepEqual([...twice].filter(([, count]) => count > 1), [], 'no invoice is charged twice');
  assert.ok([...seen.keys()].some((id) => paid.has(id)));
});
