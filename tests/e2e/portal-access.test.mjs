// The seed's chapters "Generating a portal link" and "Managing access", in the owner's browser: with script and without, at a
// desk and on a phone, and by the keyboard alone; and what office staff see of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { accessBadge, asked, click, dialog, portalAccess, shownLink, signIn, toast, visitsAreWritten } from './lib/office.mjs';
import { textOf } from './lib/page.mjs';
import { until } from './lib/until.mjs';

const here = suite();
const customerPage = (demo) => demo.office.customer;

const press = (page, name) => portalAccess(page).getByRole('button', { name });
const ask = (page, name) => portalAccess(page).getByRole('link', { name });

/** Ends in the state "no live link", whatever there was. */
const withoutLink = async (page, demo) => {
  await page.goto(customerPage(demo));
  if (await ask(page, /^Revoke/).count() > 0) {
    await click(ask(page, /^Revoke/));
    await click(dialog(page).getByRole('button', { name: 'Revoke portal link' }));
    await toast(page).waitFor();
  }
};

const generate = async (page) => {
  await click(press(page, 'Generate portal link'));
  await dialog(page).waitFor();
  return shownLink(page);
};

// Asked for as a script would: nobody has opened the portal, and "Last seen" stays.
const statusOf = async (link) => (await fetch(link, { headers: { 'sec-fetch-dest': 'empty' } })).status;

for (const [how, options] of [
  ['at a desk', {}],
  ['without script', { js: false }],
  ['on a phone', { width: 360, height: 740 }],
]) {
  test(`s28 s30 s31 s32 s36 the owner generates the link from the customer's page, ${how}`, async (t) => {
    const page = await here.open(t, undefined, options);
    await signIn(page, here.demo);
    await page.goto(`${here.demo.base}/office/customers`);
    await click(page.getByRole('link', { name: 'Dana Whitfield' }).first());
    await portalAccess(page).waitFor();
    await withoutLink(page, here.demo);
    assert.match(await textOf(accessBadge(page)), /Revoked|No link/);
    assert.equal(await ask(page, /^Rotate/).count() + await ask(page, /^Revoke/).count(), 0, 'nothing to rotate or revoke');
    const link = await generate(page);
    assert.equal(await statusOf(link), 200);
    assert.equal(page.url().includes(link.split('/p/')[1]), false, 'the link is in no address');
    await click(dialog(page).getByRole('link', { name: /copied it, close/ }));
    assert.equal(await textOf(accessBadge(page)), 'Active');
    assert.match(await textOf(portalAccess(page)), /Created.*Nora Keane.*Last seen\s*Not yet/);
    assert.equal((await page.content()).includes(link.split('/p/')[1]), false, 'it can’t be had again');
    assert.equal(await press(page, 'Generate portal link').count(), 0);
  });

  test(`s33 s34 rotate and revoke stop the old link right away, ${how}`, async (t) => {
    const page = await here.open(t, undefined, options);
    await signIn(page, here.demo);
    await withoutLink(page, here.demo);
    const first = await generate(page);
    await click(dialog(page).getByRole('link', { name: /copied it, close/ }));
    await click(ask(page, /^Rotate/));
    await click(dialog(page).getByRole('button', { name: 'Rotate portal link' }));
    const second = await shownLink(page);
    assert.notEqual(second, first);
    assert.deepEqual([await statusOf(first), await statusOf(second)], [404, 200]);
    await page.reload();
    assert.equal(await statusOf(second), 200, 'loading the page again doesn’t rotate again');
    await page.goto(customerPage(here.demo));
    await click(ask(page, /^Revoke/));
    await click(dialog(page).getByRole('button', { name: 'Revoke portal link' }));
    await toast(page).waitFor();
    assert.equal(await textOf(accessBadge(page)), 'Revoked');
    const dead = await fetch(second);
    assert.equal(dead.status, 404);
    assert.match(await dead.text(), /Page not found/);
    const fresh = await generate(page);
    assert.equal(await statusOf(fresh), 200, 'a fresh one can be generated from the same card');
  });
}

test('s35 last seen moves each time the customer opens the portal, and not when the owner looks', async (t) => {
  const page = await here.open(t);
  await signIn(page, here.demo);
  await withoutLink(page, here.demo);
  const link = await generate(page);
  await page.goto(customerPage(here.demo));
  assert.match(await textOf(portalAccess(page)), /Last seen\s*Not yet/);
  await click(portalAccess(page).getByRole('link', { name: 'View as customer' }));
  await page.getByRole('heading', { name: 'Past invoices' }).waitFor();
  assert.equal(await page.locator('form button:visible').count(), 0, 'nothing there can be pressed');
  await visitsAreWritten(here, t);
  await page.goto(customerPage(here.demo));
  assert.match(await textOf(portalAccess(page)), /Last seen\s*Not yet/);
  await here.open(t, link);
  await until('the visit', async () => {
    await page.goto(customerPage(here.demo));
    return !/Last seen\s*Not yet/.test(await textOf(portalAccess(page)));
  });
});

test('s29 office staff see whether a link is active, and no button', async (t) => {
  const owner = await here.open(t);
  await signIn(owner, here.demo);
  await withoutLink(owner, here.demo);
  await generate(owner);
  const page = await here.open(t);
  await signIn(page, here.demo, here.demo.office.staff);
  await page.goto(customerPage(here.demo));
  assert.equal(await textOf(accessBadge(page)), 'Active');
  const card = portalAccess(page);
  assert.equal(await card.getByRole('button').count() + await card.getByRole('link', { name: /Rotate|Revoke|Generate/ }).count(), 0);
  assert.match(await textOf(card), /Only the owner can generate, rotate or revoke a portal link/);
});

test('s31 s33 by the keyboard alone', async (t) => {
  const page = await here.open(t);
  await signIn(page, here.demo);
  await withoutLink(page, here.demo);
  const focusOn = async (name) => {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => document.activeElement?.textContent?.replace(/\s+/g, ' ').trim() ?? '');
      if (name.test(at)) return;
    }
    assert.fail(`${name} can’t be reached by Tab`);
  };
  await focusOn(/^Generate portal link$/);
  await page.keyboard.press('Enter');
  await asked(page);
  const focused = await page.evaluate(() => document.activeElement?.textContent?.replace(/\s+/g, ' ').trim());
  assert.match(focused, /^Copy link/, 'Copy has the focus');
  await page.keyboard.press('Escape');
  assert.equal(await dialog(page).count(), 1, 'Escape doesn’t lose a secret');
  await focusOn(/copied it, close/);
  await page.keyboard.press('Enter');
  await page.waitForURL(customerPage(here.demo), { waitUntil: 'load' });
  await focusOn(/^Rotate portal link/);
  await page.keyboard.press('Enter');
  await asked(page);
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => !url.search.includes('rotate'));
  assert.equal(await dialog(page).count(), 0, 'Escape leaves a question');
});
