// Every page, every state that can be reached by hand: WCAG 2.2 AA, light and dark, wide and narrow, nothing to scroll sideways.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { assertAccessible, assertFits } from './lib/axe.mjs';
import { cards, onCheckout, payNow, payWith } from './lib/page.mjs';

const here = suite();

const everywhere = async (page, where) => {
  for (const width of [1280, 320]) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await assertAccessible(page, `${where}, ${width} px, ${colorScheme}`);
    }
  }
  for (const width of [320, 360]) {
    await page.setViewportSize({ width, height: 740 });
    await assertFits(page, `${where}, ${width} px`);
  }
  const structure = await page.evaluate(() => ({
    h1: document.querySelectorAll('h1').length,
    lang: document.documentElement.lang,
    primary: document.querySelectorAll('.primary').length,
    titled: document.title.length > 3,
  }));
  assert.deepEqual({ ...structure, lang: /^en/.test(structure.lang), primary: structure.primary <= 1 },
    { h1: 1, lang: true, primary: true, titled: true }, where);
};

const states = ['open', 'overdue', 'dunning', 'past_due', 'processing', 'paid', 'refunded', 'void', 'written_off'];
const blocks = ['online', 'online_and_offline', 'offline', 'none'];

test('the portal, folded and unfolded', async (t) => {
  const page = await here.open(t, here.demo.portal);
  await everywhere(page, 'portal');
  await page.locator('details').evaluateAll((all) => all.forEach((one) => { one.open = true; }));
  await everywhere(page, 'portal, unfolded');
});

for (const state of states) {
  test(`an invoice: ${state.replace('_', ' ')}`, async (t) => {
    await everywhere(await here.open(t, here.demo.invoices[state]), state);
  });
}

for (const block of blocks) {
  test(`a pay block: ${block.replaceAll('_', ' ')}`, async (t) => {
    const page = await here.open(t, here.demo.pay_block[block]);
    await page.locator('details').evaluateAll((all) => all.forEach((one) => { one.open = true; }));
    await everywhere(page, block);
  });
}

for (const state of ['paid', 'refunded']) {
  test(`the receipt of an invoice: ${state}`, async (t) => {
    const page = await here.open(t, here.demo.invoices[state]);
    await page.getByRole('link', { name: 'View receipt' }).click();
    await page.getByRole('heading', { level: 1, name: /^Receipt/ }).waitFor();
    await everywhere(page, `receipt, ${state}`);
  });
}

test('page not found', async (t) => {
  await everywhere(await here.open(t, here.demo.revoked_portal), 'page not found');
});

test('the test checkout: empty, declined, at the bank; and back with a notice', async (t) => {
  const invoice = await here.freshInvoice();
  const page = await here.open(t, invoice.url, { demo: invoice.demo });
  await payNow(page).click();
  await onCheckout(page);
  await page.locator('details').evaluateAll((all) => all.forEach((one) => { one.open = true; }));
  await everywhere(page, 'checkout');
  await payWith(page, cards.declined);
  await page.locator('[role=alert], .field-error').first().waitFor();
  await page.waitForLoadState('load');
  await everywhere(page, 'checkout, declined');
  const invalid = page.locator('[aria-invalid=true]');
  if (await invalid.count() > 0) {
    const described = await invalid.first().getAttribute('aria-describedby');
    assert.ok(described && await page.locator(`#${described.split(' ')[0]}`).isVisible(), 'the field is tied to its error');
  }
  await payWith(page, cards.asksOnce);
  await page.getByRole('button', { name: /complete/i }).waitFor();
  await everywhere(page, 'the bank asks');
  await page.getByRole('button', { name: /fail/i }).click();
  await onCheckout(page);
  await page.getByRole('navigation', { name: 'Back' }).getByRole('link').click();
  await page.locator('.notice').waitFor();
  await everywhere(page, 'invoice with a notice');
});

test('the way back without its cookie', async (t) => {
  const invoice = await here.freshInvoice();
  const page = await here.open(t, invoice.url, { demo: invoice.demo });
  let way;
  page.on('request', (request) => { if (new URL(request.url()).pathname.startsWith('/r/')) way = request.url(); });
  await payNow(page).click();
  await onCheckout(page);
  await payWith(page, cards.pays);
  await page.getByText(/^Paid on/).first().waitFor();
  assert.ok(way);
  await everywhere(await here.open(t, way, { demo: invoice.demo }), 'way back');
});

test('the dialogs of the portal, where there are some', async (t) => {
  const page = await here.open(t, here.demo.portal, { js: false });
  const links = await page.locator('a[data-dialog]').evaluateAll((all) => all.map((one) => one.href));
  const other = await here.open(t);
  for (const url of links.slice(0, 4)) {
    await other.goto(url);
    const dialog = other.getByRole('dialog');
    await dialog.waitFor();
    const focused = await other.evaluate(() => document.activeElement?.tagName);
    assert.notEqual(focused, 'BUTTON', 'the focus starts on no button');
    await everywhere(other, `dialog ${new URL(url).pathname.split('/').slice(3).join('/')}`);
  }
});

test('at twice the text size nothing is lost', async (t) => {
  const page = await here.open(t, here.demo.invoices.overdue);
  await page.evaluate(() => { document.documentElement.style.setProperty('font-size', '200%'); });
  await assertFits(page, 'overdue, 200 %');
  await page.goto(here.demo.portal);
  await page.evaluate(() => { document.documentElement.style.setProperty('font-size', '200%'); });
  await assertFits(page, 'portal, 200 %');
});

test('fingers: what can be tapped is at least 44 px high', async (t) => {
  const page = await here.open(t, here.demo.portal, { width: 360, height: 740 });
  const small = async () => page.locator('main .button, main a.row, main .textlink:not(.small), footer a').evaluateAll((all) => all
    .filter((one) => one.checkVisibility())
    .map((one) => ({ text: one.textContent.replace(/\s+/g, ' ').trim().slice(0, 40), height: one.getBoundingClientRect().height }))
    .filter(({ height }) => height < 43.5));
  assert.deepEqual(await small(), []);
  await page.goto(here.demo.invoices.overdue);
  assert.deepEqual(await small(), []);
});

test('forced colours keep the button a button', async (t) => {
  const page = await here.open(t, here.demo.invoices.overdue, { forcedColors: 'active' });
  const border = await payNow(page).evaluate((button) => getComputedStyle(button).borderTopWidth);
  assert.ok(parseFloat(border) >= 1, 'a border is drawn');
});
