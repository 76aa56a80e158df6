// The portal home: what a customer sees who opens the link.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { bannerTitle, cents, date, invoiceRows, masked, section, textOf, unpaid } from './lib/page.mjs';

const here = suite();
const day = new RegExp(`^${date.source}$`);
const cardName = /^(.+?)\s*••••\s*(?:ending in\s*)?(\d{4})$/;

const methods = async (page) => {
  const rows = section(page, 'Saved payment methods').locator('li.method');
  return Promise.all((await rows.all()).map(async (row) => {
    const name = await textOf(row.locator('.method-name, .method-title > span').first());
    const found = cardName.exec(name);
    assert.ok(found, `a payment method is called "${name}"`);
    return {
      brand: found[1],
      last4: found[2],
      badges: await row.locator('.badge').allInnerTexts(),
      more: await textOf(row.locator('.method-more')),
      radio: await row.getByRole('radio').count() > 0 ? await row.getByRole('radio').isChecked() : undefined,
    };
  }));
};

const consents = async (page) => {
  const rows = section(page, 'Auto-pay').locator('li.consent');
  return Promise.all((await rows.all()).map(async (row) => ({
    plan: await textOf(row.getByRole('heading', { level: 3 })),
    facts: Object.fromEntries(await row.locator('dl > div').evaluateAll((pairs) =>
      pairs.map((pair) => [pair.querySelector('dt').textContent.trim(), pair.querySelector('dd').textContent.replace(/\s+/g, ' ').trim()]))),
    badge: await textOf(row.locator('.badge')),
  })));
};

// The demo's today, from a banner that says "Due on Sep 28, 2026 in 10 days".
const today = async (page) => {
  await page.goto(here.demo.invoices.open);
  const found = /^Due on (.+ \d{4}) (?:in (\d+) days?|(tomorrow|today))$/.exec(await textOf(bannerTitle(page)));
  assert.ok(found, 'the open invoice says when it is due, and in how many days');
  const days = found[2] ? Number(found[2]) : { tomorrow: 1, today: 0 }[found[3]];
  return new Date(Date.parse(`${found[1]} UTC`) - days * 86_400_000);
};

for (const js of [true, false]) {
  const how = js ? '' : ', without script';

  test(`s01 the link alone opens the portal: no account, no password, no cookie${how}`, async (t) => {
    const context = await here.context(t, { js });
    const page = await context.newPage();
    const reply = await page.goto(here.demo.portal);
    assert.equal(reply.status(), 200);
    assert.equal(reply.request().redirectedFrom(), null);
    assert.match(await textOf(page.getByRole('heading', { level: 1 })), /, you owe$/);
    assert.equal(await page.locator('input[type=password], input[type=email], input[name=username]').count(), 0);
    assert.deepEqual(await context.cookies(), []);
  });
}

test('s01 the link says to browsers and crawlers that it is secret', async () => {
  for (const url of [here.demo.portal, here.demo.invoices.open, here.demo.invoices.paid, here.demo.revoked_portal]) {
    const { headers } = await fetch(url, { redirect: 'manual' });
    assert.equal(headers.get('referrer-policy'), 'no-referrer', url);
    assert.match(headers.get('cache-control'), /no-store/, url);
    assert.match(headers.get('x-robots-tag'), /noindex/, url);
    const policy = headers.get('content-security-policy');
    assert.match(policy, /default-src 'none'/, url);
    assert.match(policy, /frame-ancestors 'none'/, url);
    assert.doesNotMatch(policy, /unsafe-|\*|data:/, url);
    assert.equal(headers.get('set-cookie'), null, url);
  }
});

test("s02 the header shows the business's logo and name", async (t) => {
  const page = await here.open(t, here.demo.portal);
  const header = page.locator('header.letterhead');
  const name = await textOf(header.locator('.letterhead-name'));
  assert.ok(name.length > 1);
  assert.ok((await page.title()).endsWith(name), 'the title ends with the business');
  const logo = header.locator('img.logo');
  await logo.waitFor();
  assert.ok(await logo.evaluate((image) => image.complete && image.naturalWidth > 0), 'the logo loads');
  const above = await page.evaluate(() => document.querySelector('.letterhead').getBoundingClientRect().bottom
    <= document.querySelector('main .amount').getBoundingClientRect().top);
  assert.ok(above, 'who asks comes before how much');
});

test('s03 four sections in their order', async (t) => {
  const page = await here.open(t, here.demo.portal);
  assert.deepEqual(await page.locator('main').getByRole('heading', { level: 2 }).allInnerTexts(),
    ['Outstanding quotes', 'Past invoices', 'Saved payment methods', 'Auto-pay']);
});

test('s03 what is owed in all is the sum of the unpaid invoices, and the oldest can be paid at once', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const rows = await unpaid(page);
  assert.ok(rows.length > 1);
  const owed = rows.reduce((sum, row) => sum + cents(row.owed ?? row.total), 0);
  assert.equal(cents(await page.locator('.head .amount').innerText()), owed);
  const oldest = page.locator('.head a.button.primary');
  assert.match(await textOf(oldest), /^Pay /);
  await oldest.click();
  await page.getByRole('heading', { level: 1, name: /^Invoice / }).waitFor();
});

test('s04 quotes that wait for an answer have no link to accept, and point to the email', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const quotes = section(page, 'Outstanding quotes');
  const rows = await quotes.locator('ul.ledger > li').all();
  assert.ok(rows.length > 0, 'the demo customer has a quote');
  for (const row of rows) {
    assert.match(await textOf(row), new RegExp(`[sS]ent ${date.source}`));
    assert.ok(cents(await textOf(row.locator('.row-total'))) > 0);
  }
  assert.equal(await quotes.locator('a, button, form').count(), 0);
  assert.match(await textOf(quotes), /check your original email/);
});

test('s05 the 50 most recent invoices, newest first; older unpaid ones follow', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const rows = await invoiceRows(page);
  assert.equal(rows.length, 50, 'the demo customer has more than fifty');
  const dates = rows.map((row) => row.date);
  assert.deepEqual(dates, dates.toSorted().reverse());
  const older = await invoiceRows(page, { older: true });
  assert.ok(older.length > 0, 'the demo customer has an older unpaid invoice');
  assert.equal(await page.getByRole('heading', { level: 3, name: 'Older unpaid invoices' }).count(), 1);
  for (const row of older) {
    assert.ok(row.date <= dates.at(-1), `${row.number} is older than the list`);
    assert.doesNotMatch(row.status, /^(Paid|Canceled|Refunded)$/);
  }
  const numbers = [...rows, ...older].map((row) => row.number);
  assert.equal(new Set(numbers).size, numbers.length, 'no invoice twice');
});

for (const js of [true, false]) {
  test(`s06 each row has number, date, status and total, and a tap opens the invoice${js ? '' : ', without script'}`, async (t) => {
    const page = await here.open(t, here.demo.portal, { js, width: 360, height: 740, hasTouch: true, isMobile: true });
    const rows = await invoiceRows(page);
    for (const row of rows) {
      assert.ok(row.number && row.status, JSON.stringify(row));
      assert.match(row.date, /^\d{4}-\d\d-\d\d$/);
      assert.ok(cents(row.total) >= 0);
      if (row.owed) assert.ok(cents(row.owed) !== cents(row.total), 'still owed is said only when it differs');
    }
    const { number } = rows.find((row) => /^(Due|Overdue)/.test(row.status)) ?? rows[0];
    const size = await page.locator('#invoices a.row').filter({ hasText: number }).first().boundingBox();
    assert.ok(size.height >= 44, `a row is ${size.height} px high`);
    await page.locator('#invoices a.row').filter({ hasText: number }).first().tap();
    await page.getByRole('heading', { level: 1, name: `Invoice ${number}`, exact: true }).waitFor();
  });
}

test('s07 saved payment methods: cards, and the bank account', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const all = await methods(page);
  assert.ok(all.filter((method) => /Expire[sd] \d\d\/\d{4}/.test(method.more)).length >= 2, 'cards');
  const banks = all.filter((method) => /Bank account/.test(method.more));
  assert.ok(banks.length > 0, 'a bank account');
  for (const bank of banks) assert.doesNotMatch(bank.more, /Expire/);
  const isDefault = (method) => method.badges.includes('Default');
  assert.equal(all.filter(isDefault).length, 1);
  for (const method of all) assert.ok(method.radio === undefined || method.radio === isDefault(method), method.last4);
});

test('s11 each card says which auto-pay plans it pays', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const [cards, plans] = [await methods(page), await consents(page)];
  assert.ok(plans.length > 0);
  for (const card of cards) {
    const paid = /Pays (.+)$/.exec(card.more)?.[1] ?? '';
    const expected = plans.filter(({ facts }) => masked(card.brand, card.last4).test(facts['Charged to'])).map(({ plan }) => plan);
    assert.deepEqual(paid === '' ? [] : paid.split(', ').toSorted(), expected.toSorted(), `${card.brand} ${card.last4}`);
  }
});

test("s13 the bottom shows the business's phone and email, to tap", async (t) => {
  const page = await here.open(t, here.demo.portal);
  const contact = page.locator('footer.contact');
  const phone = contact.locator('a[href^="tel:"]');
  assert.match(await phone.getAttribute('href'), /^tel:\+\d{8,15}$/);
  const digits = (text) => text.replace(/\D/g, '');
  assert.ok(digits(await phone.getAttribute('href')).endsWith(digits(await phone.innerText())));
  const mail = contact.locator('a[href^="mailto:"]');
  assert.equal(await mail.getAttribute('href'), `mailto:${(await mail.innerText()).trim()}`);
  const isLast = await page.evaluate(() => {
    const footer = document.querySelector('footer.contact');
    return Boolean(document.querySelector('main').compareDocumentPosition(footer) & Node.DOCUMENT_POSITION_FOLLOWING);
  });
  assert.ok(isLast);
});

test('s39 each card shows brand, last 4, expiry and the day it was added', async (t) => {
  const page = await here.open(t, here.demo.portal);
  for (const method of await methods(page)) {
    assert.ok(method.brand.length > 1);
    assert.match(method.last4, /^\d{4}$/);
    if (!/^Bank account/.test(method.more)) assert.match(method.more, /^Expire[sd] (0[1-9]|1[0-2])\/\d{4}\. /);
    assert.match(method.more, new RegExp(`Added ${date.source}\\.`));
  }
});

test('s40 a card that expires within 30 days is flagged, and no other', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const all = await methods(page);
  const now = await today(page);
  let flagged = 0;
  for (const { brand, last4, more, badges } of all) {
    const found = /Expire[sd] (\d\d)\/(\d{4})/.exec(more);
    if (!found) {
      assert.ok(!badges.some((badge) => /^Expir/.test(badge)));
      continue;
    }
    // The last day of the month that is printed on the card.
    const end = Date.UTC(Number(found[2]), Number(found[1]), 0);
    const days = Math.round((end - now.getTime()) / 86_400_000);
    const expected = days < 0 ? 'Expired' : days <= 30 ? 'Expiring soon' : undefined;
    assert.equal(badges.find((badge) => /^Expir/.test(badge)), expected, `${brand} ${last4} ends in ${days} days`);
    if (expected === 'Expiring soon') flagged += 1;
  }
  assert.ok(flagged > 0, 'the demo customer has a card that expires soon');
});

test('s41 auto-pay lists each consent: plan, card, when granted, cap', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const all = await consents(page);
  assert.ok(all.length > 1);
  for (const { plan, facts } of all) {
    assert.ok(plan.length > 1);
    assert.match(facts['Charged to'], cardName);
    assert.match(facts.Granted, day);
    assert.match(facts['Cap per payment'], /^(No cap|\$[\d,]+\.\d\d)$/);
  }
  assert.ok(all.some(({ facts }) => facts['Cap per payment'] !== 'No cap'), 'one with a cap');
  assert.ok(all.some(({ facts }) => facts['Cap per payment'] === 'No cap'), 'one without');
});

test('s44 a badge says how auto-pay was set up', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const badges = (await consents(page)).map(({ badge }) => badge);
  for (const badge of badges) assert.ok(badge === 'Inline' || badge === 'Zooper attested', badge);
  assert.deepEqual([...new Set(badges)].toSorted(), ['Inline', 'Zooper attested'], 'the demo shows both');
});

test('s46 the pages say the same without script', async (t) => {
  const [on, off] = [await here.open(t), await here.open(t, undefined, { js: false })];
  for (const url of [here.demo.portal, here.demo.invoices.open, here.demo.invoices.dunning, here.demo.invoices.paid]) {
    const words = [];
    for (const page of [on, off]) {
      await page.goto(url);
      words.push(await page.evaluate(() => document.body.innerText));
      assert.equal(await page.locator('[onclick], [onload], [onsubmit], [style], style, script:not([src])').count(), 0, 'nothing inline');
    }
    assert.equal(words[1], words[0], url);
  }
});

test('s46 old and simple clients are served too', async () => {
  const reply = await fetch(here.demo.portal, { headers: { 'user-agent': 'w3m/0.5.3', accept: 'text/html', 'accept-encoding': 'identity' } });
  assert.equal(reply.status, 200);
  assert.match(reply.headers.get('content-type'), /^text\/html; ?charset=utf-8/i);
  assert.match(await reply.text(), /<h2[^>]*>Past invoices<\/h2>/);
});
