// Every page, every state that can be reached by hand: WCAG 2.2 AA, light and dark, wide and narrow, nothing to scroll sideways.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { assertAccessible, assertFits } from './lib/axe.mjs';
import { mailed, turnOffLink } from './lib/mailbox.mjs';
import { attestedPlan, planInvoice } from './lib/plan.mjs';
import { cardDeclines, cardIsDetached } from './lib/sandbox.mjs';
import { until } from './lib/until.mjs';
import {
  ask, autoPayBox, backInPortal, cards, consentRow, haveCard, last4, methodId, methodRow, onCheckout, payNow, payWith,
  payWithSaved, saveCard, startAdding, textOf,
} from './lib/page.mjs';

const here = suite();

const everywhere = async (page, where) => {
  for (const width of [1280, 320]) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await assertAccessible(page, `${where}, ${width} px, ${colorScheme}`);
    }
  }
  for (const width of [320, 360, 700]) {
    await page.setViewportSize({ width, height: 740 });
    await assertFits(page, `${where}, ${width} px`);
  }
  const structure = await page.evaluate(() => ({
    h1: document.querySelectorAll('h1').length,
    lang: document.documentElement.lang,
    // What lies behind a dialog can't be pressed.
    primary: (document.querySelector('dialog[open]') ?? document).querySelectorAll('.primary').length,
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

test('the dialogs of the portal, opened in place and as pages of their own', async (t) => {
  const page = await here.open(t, here.demo.portal);
  const links = {
    'remove, paying plans': methodRow(page, '4242').getByRole('link', { name: /^Remove/ }),
    'remove, paying none': methodRow(page, '4444').getByRole('link', { name: /^Remove/ }),
    'turn off': consentRow(page, 'Hedge trimming').getByRole('link', { name: /^Turn off/ }),
    'change card': consentRow(page, 'Hedge trimming').getByRole('link', { name: /^Change card/ }),
  };
  for (const [name, link] of Object.entries(links)) {
    const url = new URL(await link.getAttribute('href'), here.demo.base).href;
    await ask(page, link);
    await everywhere(page, `dialog in place: ${name}`);
    // As the server draws it: what is behind it is inert.
    const drawn = await here.open(t, url, { js: false });
    const focused = await drawn.evaluate(() => document.activeElement?.id);
    assert.equal(focused, 'dialog-title', 'the focus starts on the question');
    assert.ok(await drawn.locator('.sheet[inert]').count() === 1, name);
    for (const width of [320, 1280]) {
      await drawn.setViewportSize({ width, height: 640 });
      const box = await drawn.getByRole('dialog').boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= width && box.y >= 0, `${name} lies on the page of ${width} px`);
    }
    await page.goto(here.demo.portal);
  }
});

test('the portal after each step, with its notice; and with a plan that needs a new card', async (t) => {
  const page = await here.open(t, here.demo.portal);
  await startAdding(page);
  await page.locator('details').evaluateAll((all) => all.forEach((one) => { one.open = true; }));
  await everywhere(page, 'checkout, a card to save');
  await saveCard(page, cards.declined);
  await page.locator('[role=alert], .field-error').first().waitFor();
  await everywhere(page, 'checkout, a card that is not saved');
  await page.getByRole('navigation', { name: 'Back' }).getByRole('link').click();
  await backInPortal(page, here.demo);
  await everywhere(page, 'portal, no card saved');

  let way;
  page.on('request', (request) => { if (new URL(request.url()).pathname.startsWith('/r/')) way = request.url(); });
  await haveCard(page, here.demo, cards.diners);
  await everywhere(page, 'portal, card saved');
  await everywhere(await here.open(t, way), 'way back of a card');

  await attestedPlan(here.demo, 'Moss removal', await methodId(page, last4(cards.diners)));
  await cardIsDetached(here.demo, last4(cards.diners));
  await until('the plan that needs a new card', async () => {
    await page.goto(here.demo.portal);
    return await page.getByText('Needs a new card').count() > 0;
  });
  await everywhere(page, 'portal, a plan needs a new card');
  await methodRow(page, '4444').getByRole('radio').check();
  await everywhere(page, 'portal, another default chosen');
  await page.getByRole('button', { name: 'Make this my default' }).click();
  await backInPortal(page, here.demo);
  await everywhere(page, 'portal, another default');
});

test('an invoice with cards on file: as it opens, unfolded, with auto-pay ticked, declined, at the bank', async (t) => {
  const page = await here.open(t);
  for (const number of [cards.jcb, cards.asksEachTime]) {
    await haveCard(page, here.demo, number, {
      atBank: async () => { if (number === cards.asksEachTime) await page.getByRole('button', { name: 'Complete' }).click(); },
    });
  }
  await cardDeclines(here.demo, last4(cards.jcb), 'insufficient_funds');
  const invoice = await planInvoice(here.demo, 'Fence painting');
  await page.goto(invoice.url);
  await everywhere(page, 'cards on file');
  await page.locator('summary', { hasText: 'Pay with another card on file' }).click();
  await autoPayBox(page).check();
  await everywhere(page, 'cards on file, auto-pay ticked');
  await payWithSaved(page, last4(cards.jcb)).click();
  await page.getByRole('alert').waitFor();
  await everywhere(page, 'card on file declined');
  await page.locator('summary', { hasText: /card on file/ }).click();
  await page.route((url) => url.origin === here.demo.stripe, (route) => route.fulfill({ status: 204 }));
  await payWithSaved(page, '3184').click();
  await page.getByRole('link', { name: 'Continue to your bank' }).waitFor();
  await everywhere(page, 'continue to your bank');
});

test('auto-pay on an invoice: offered, without an email, over the cap, to be charged by itself', async (t) => {
  const page = await here.open(t, here.demo.invoices.plan);
  await everywhere(page, 'auto-pay offered');
  await autoPayBox(page).check();
  await everywhere(page, 'auto-pay ticked');
  await page.goto(here.demo.invoices.plan_no_email);
  await autoPayBox(page).check();
  await everywhere(page, 'an email is asked for');
  await payNow(page).click();
  await page.locator('.field-error').waitFor();
  const field = page.getByLabel('Email for your copy of this agreement');
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.ok(await page.locator(`#${await field.getAttribute('aria-describedby')}`).isVisible(), 'the field is tied to its error');
  await everywhere(page, 'an email is missing');
  await page.goto(here.demo.invoices.over_cap);
  await everywhere(page, 'over the cap');
});

test('what a mail’s link opens: the question over the portal, alone after Rotate, and over', async (t) => {
  const page = await here.open(t, here.demo.portal);
  await attestedPlan(here.demo, 'Ivy trimming', await methodId(page, '4242'));
  const link = turnOffLink(await mailed(here.demo, /^Auto-pay is on for Ivy trimming$/));
  await page.goto(link);
  await page.getByRole('dialog').waitFor();
  await everywhere(page, 'dialog of a mail');
  const rotated = await here.demo.cli('portal-link', 'rotate', '--customer', here.demo.customer);
  assert.equal(rotated.code, 0, rotated.stderr);
  await page.goto(link);
  await page.getByRole('dialog').waitFor();
  await everywhere(page, 'dialog alone');
  await page.getByRole('link', { name: 'Keep auto-pay on' }).click();
  await everywhere(page, 'one consent');
  await page.getByRole('link', { name: 'Turn off auto-pay' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Turn off auto-pay' }).click();
  await page.getByRole('heading', { level: 1, name: /is off since/ }).waitFor();
  await everywhere(page, 'auto-pay is off');
  [here.demo.portal] = rotated.stdout.match(/https?:\/\/\S+\/p\/[A-Za-z0-9_-]{43}/);
  assert.match(await textOf(page.getByRole('heading', { level: 1 })), /Ivy trimming/);
});

test('the front page of the stand-in for Stripe', async (t) => {
  await everywhere(await here.open(t, here.demo.stripe), 'sandbox');
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
