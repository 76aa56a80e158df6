// The invoice's page and its receipt.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { bannerTitle, cents, date, invoiceRows, masked, payNow, textOf } from './lib/page.mjs';

const here = suite();
const day = new RegExp(`^${date.source}$`);

const facts = async (page) => Object.fromEntries(await page.locator('dl.facts > div').evaluateAll((pairs) =>
  pairs.map((pair) => [pair.querySelector('dt').textContent.trim(), pair.querySelector('dd').innerText.trim()])));

const totals = async (page) => page.locator('dl.totals > div').evaluateAll((pairs) =>
  pairs.map((pair) => [pair.querySelector('dt').textContent.replace(/\s+/g, ' ').trim(), pair.querySelector('dd').textContent.trim()]));

const lines = async (page) => page.locator('table.lines tbody tr').evaluateAll((rows) => rows.map((row) => ({
  description: [...row.querySelector('th').childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join('').trim(),
  each: row.querySelector('.each')?.textContent.trim(),
  quantity: row.querySelectorAll('td')[0].textContent.trim(),
  price: row.querySelectorAll('td')[1].textContent.trim(),
  total: row.querySelectorAll('td')[2].textContent.trim(),
})));

// Lines add up to the subtotal, subtotal and taxes to the total: to the cent.
const assertAddsUp = async (page) => {
  const all = await totals(page);
  const sum = (await lines(page)).reduce((so, line) => so + cents(line.total), 0);
  const at = (name) => all.find(([label]) => label === name)?.[1];
  assert.equal(cents(at('Subtotal')), sum);
  const taxes = all.filter(([label]) => /%\)$/.test(label)).map(([, value]) => cents(value));
  assert.equal(cents(at('Total')), taxes.reduce((so, tax) => so + tax, sum));
  return all;
};

test('s14 an invoice has its own public page, which never leads to the portal', async (t) => {
  const page = await here.open(t, here.demo.pay_block.online_and_offline);
  assert.match(new URL(page.url()).pathname, /^\/i\/[A-Za-z0-9_-]{22,}$/);
  assert.match(await textOf(page.getByRole('heading', { level: 1 })), /^Invoice /);
  const html = await page.content();
  assert.ok(!html.includes('/p/'), 'no link into the portal');
  assert.equal(await page.locator('nav.back').count(), 0);
  assert.equal(await page.getByText('••••').count(), 0, 'no saved card');
});

test('s14 from the portal the page is the same invoice, with a way back', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const [first] = await invoiceRows(page);
  await page.locator('#invoices a.row').first().click();
  assert.equal(await textOf(page.getByRole('heading', { level: 1 })), `Invoice ${first.number}`);
  await page.locator('nav.back a').click();
  assert.equal(new URL(page.url()).pathname, new URL(here.demo.portal).pathname);
});

test('s15 invoice number, issued date and due date', async (t) => {
  const page = await here.open(t, here.demo.invoices.open);
  assert.match(await textOf(page.getByRole('heading', { level: 1 })), /^Invoice \S+/);
  const { Issued, Due, 'Billed to': billed, From } = await facts(page);
  assert.match(Issued, day);
  assert.match(Due, day);
  assert.ok(Date.parse(Issued) <= Date.parse(Due));
  assert.ok(billed.length > 0 && From.length > 0);
});

test('s16 lines: description, quantity, unit price, total', async (t) => {
  const page = await here.open(t, here.demo.invoices.open);
  assert.deepEqual(await page.locator('table.lines thead th').allTextContents(), ['Description', 'Quantity', 'Unit price', 'Total']);
  const all = await lines(page);
  assert.ok(all.length > 0);
  for (const line of all) {
    assert.ok(line.description.length > 0);
    assert.match(line.quantity, /^-?[\d,]+(\.\d{1,4})?$/);
    assert.match(line.price, /^[-−]?\$[\d,]+\.\d{2,}$/);
    // On a phone quantity and price stand under the description.
    assert.equal(line.each, `${line.quantity} × ${line.price}`);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  assert.ok(await page.locator('table.lines .each').first().isVisible());
});

test('s17 subtotal, tax by name and percentage, total', async (t) => {
  const page = await here.open(t, here.demo.invoices.open);
  const all = await assertAddsUp(page);
  const labels = all.map(([label]) => label);
  const taxes = labels.filter((label) => /^.+ \(\d{1,2}(\.\d{1,4})?%\)$/.test(label));
  assert.ok(taxes.length > 0, 'the open invoice is taxed');
  assert.deepEqual(labels.slice(0, taxes.length + 2), ['Subtotal', ...taxes, 'Total']);
});

test('s17 what was paid and what is left are shown when they differ from the total', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const row = (await invoiceRows(page)).find(({ owed }) => owed);
  assert.ok(row, 'the demo customer has paid a part of an invoice');
  await page.goto(row.url);
  const all = await assertAddsUp(page);
  const at = (start) => all.find(([label]) => label.startsWith(start))?.[1];
  const paid = all.filter(([label]) => label.startsWith('Paid ')).reduce((sum, [, value]) => sum + cents(value), 0);
  assert.ok(paid < 0);
  assert.equal(cents(at('Balance due')), cents(at('Total')) + paid);
  assert.equal(cents(at('Balance due')), cents(row.owed));
  assert.equal(cents(await page.locator('.head .amount').innerText()), cents(row.owed));
});

const banners = {
  open: { title: new RegExp(`^Due on ${date.source}`), pay: true },
  overdue: { title: /^Overdue$/, words: new RegExp(`It was due on ${date.source}, \\d+ days? ago\\.`), pay: true },
  past_due: { title: /^Past due$/, words: /couldn’t collect this payment.*won’t try it again/, pay: true },
  dunning: { title: /^Payment didn’t go through$/, words: new RegExp(`your bank declined .+: .+\\. We’ll try again on ${date.source}`), pay: true },
  processing: { title: /^Payment processing$/, words: /nothing more to do/, pay: false },
  paid: { title: new RegExp(`^Paid on ${date.source}$`), words: /nothing left to pay/, pay: false },
  refunded: { title: /^(Partly refunded|Refunded)/, words: new RegExp(`We sent .*\\$[\\d,.]+ back .* on ${date.source}`), pay: false },
  void: { title: /^Canceled$/, words: /We canceled this invoice on .*don’t pay it/, pay: false },
  written_off: { title: /^Closed$/, words: /We closed this invoice on/, pay: false },
};
for (const [state, { title, words, pay }] of Object.entries(banners)) {
  for (const js of [true, false]) {
    test(`s18 the banner of an invoice: ${state.replace('_', ' ')}${js ? '' : ', without script'}`, async (t) => {
      const page = await here.open(t, here.demo.invoices[state], { js });
      assert.match(await textOf(bannerTitle(page)), title);
      if (words) assert.match(await textOf(page.locator('.banner')), words);
      assert.equal(await page.locator('.banner > svg.icon').count(), 1, 'a word and an icon');
      assert.equal(await page.locator('.banner').count(), 1, 'one banner, the first that holds');
      assert.equal(await payNow(page).count(), pay ? 1 : 0, pay ? 'can be paid' : 'can not be paid');
      assert.ok(await page.locator('.primary').count() <= 1, 'one filled button at most');
    });
  }
}

for (const js of [true, false]) {
  test(`s19 s20 paid: the date, and the receipt with lines, totals, method, date and charge${js ? '' : ', without script'}`, async (t) => {
    const page = await here.open(t, here.demo.invoices.paid, { js });
    const paidOn = /^Paid on (.+)$/.exec(await textOf(bannerTitle(page)))[1];
    const number = (await textOf(page.getByRole('heading', { level: 1 }))).replace('Invoice ', '');
    const [invoiceLines, total] = [await lines(page), await page.locator('.head .amount').innerText()];

    await page.getByRole('link', { name: 'View receipt' }).click();
    assert.equal(await textOf(page.getByRole('heading', { level: 1 })), `Receipt for invoice ${number}`);
    assert.deepEqual(await lines(page), invoiceLines);
    const all = await assertAddsUp(page);
    assert.equal(cents(all.find(([label]) => label === 'Total')[1]), cents(total));
    assert.equal(await textOf(page.locator('.head .status')), `Paid on ${paidOn}`);

    const payment = page.locator('ul.payments > li').first();
    assert.match(await textOf(payment), masked('Visa', '4242'));
    assert.match(await textOf(payment), new RegExp(date.source));
    const charge = await textOf(payment.locator('.charge'));
    assert.match(charge, /^ch_[A-Za-z0-9]+$/);
    const sum = await page.locator('ul.payments').first().locator('li').evaluateAll((items) => items.map((item) => item.textContent));
    assert.equal(sum.reduce((so, text) => so + cents(text), 0), cents(total));

    const back = page.locator('nav.back a');
    assert.match(await textOf(back), new RegExp(number));
    await back.click();
    assert.match(await textOf(bannerTitle(page)), /^Paid on/);
  });
}

test('s20 on paper the receipt is only the receipt, dark on light', async (t) => {
  const page = await here.open(t, here.demo.invoices.paid, { dark: true });
  await page.getByRole('link', { name: 'View receipt' }).click();
  await page.getByRole('heading', { level: 1, name: /^Receipt/ }).waitFor();
  await page.emulateMedia({ media: 'print' });
  for (const hidden of ['nav.back', '.skip', '.after', '.contact .private']) {
    for (const element of await page.locator(hidden).all()) assert.ok(!await element.isVisible(), `${hidden} is not printed`);
  }
  for (const shown of ['.letterhead-name', 'h1', '.head .amount', 'table.lines', 'dl.totals', 'ul.payments', '.charge']) {
    assert.ok(await page.locator(shown).first().isVisible(), `${shown} is printed`);
  }
  assert.ok(await page.locator('table.lines thead').isVisible());
  const [ink, ground] = await page.evaluate(() => ['color', 'backgroundColor'].map((name) => {
    const [r, g, b, a = 1] = getComputedStyle(document.body)[name].match(/[\d.]+/g).map(Number);
    return a === 0 ? 255 : (r + g + b) / 3;
  }));
  assert.ok(ink < 80 && ground > 240, `ink ${ink} on ${ground}`);
  const pdf = (await page.pdf({ format: 'Letter' })).toString('latin1');
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, 1, 'one sheet');
});

test('s21 connected, no instructions: Pay now only', async (t) => {
  const page = await here.open(t, here.demo.pay_block.online);
  assert.equal(await payNow(page).count(), 1);
  assert.equal(await page.getByText('Or pay offline').count(), 0);
  assert.equal(await page.getByRole('heading', { name: 'How to pay' }).count(), 0);
});

for (const js of [true, false]) {
  test(`s22 connected, instructions: Pay now, and instructions that unfold${js ? '' : ', without script'}`, async (t) => {
    const page = await here.open(t, here.demo.pay_block.online_and_offline, { js });
    assert.equal(await payNow(page).count(), 1);
    const text = page.locator('details .offline');
    assert.ok(!await text.isVisible(), 'folded at first');
    await page.locator('summary', { hasText: 'Or pay offline' }).click();
    assert.ok(await text.isVisible());
    assert.ok((await textOf(text)).length > 10);
  });
}

test('s23 not connected, instructions: the instructions only', async (t) => {
  const page = await here.open(t, here.demo.pay_block.offline);
  assert.equal(await payNow(page).count(), 0);
  assert.equal(await page.locator('main form').count(), 0);
  const block = page.locator('div.pay');
  assert.ok(await block.getByRole('heading', { name: 'How to pay' }).isVisible());
  assert.ok((await textOf(block)).replace('How to pay', '').trim().length > 10);
  assert.equal(await page.locator('details').count(), 0, 'nothing to unfold');
});

test('s24 not connected, no instructions: a note to contact the business', async (t) => {
  const page = await here.open(t, here.demo.pay_block.none);
  assert.equal(await payNow(page).count(), 0);
  assert.equal(await page.locator('main form').count(), 0);
  const block = page.locator('div.pay');
  const business = await textOf(page.locator('.letterhead-name'));
  assert.match(await textOf(block), /Please contact .+ to arrange payment\./);
  assert.ok((await textOf(block)).includes(business));
  assert.ok(await block.locator('a[href^="tel:"], a[href^="mailto:"]').count() > 0);
});
