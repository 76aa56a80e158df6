// A plan's life at the desk: started, its dates seen before and after, paused, resumed, skipped, billed; a consent that was
// given by phone is recorded, and auto-pay turned off again. Of the owner's and the office's; with and without script, on a phone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { assertAccessible, assertFits } from './lib/axe.mjs';
import { mailed, mailsSoFar } from './lib/mailbox.mjs';
import { click, dialog, follow, fromMenu, press, pressInDialog, signIn, toast } from './lib/office.mjs';
import { textOf } from './lib/page.mjs';

const here = suite();

const badge = (page) => textOf(page.locator('.title .badge'));
const dates = (page) => page.locator('.dates time').evaluateAll((all) => all.map((time) => time.dateTime));
// One day for the whole file, though midnight may pass.
const today = Date.now();
const inDays = (days) => new Date(today + days * 86_400_000).toISOString().slice(0, 10);

/** From the customer's page to a plan of his; ends on its page. */
const start = async (page, title) => {
  await page.goto(here.demo.office.customer);
  await click(page.getByRole('link', { name: 'New plan' }));
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Repeats').selectOption('every_two_weeks');
  await page.getByLabel('First date').fill(inDays(40));
  await page.getByLabel('Days ahead').fill('3');
  await press(page, 'Update dates and totals');
  const seen = await dates(page);
  assert.deepEqual(seen, [40, 54, 68, 82, 96].map(inDays), 'the next five dates, before anything is saved');
  await page.locator('[name=default_tax]').selectOption({ index: 0 });
  await page.locator('[name=line-1-description]').fill('Pool service');
  await page.locator('[name=line-1-quantity]').fill('2');
  await page.locator('[name=line-1-price]').fill('47.50');
  await press(page, 'Start plan');
  await toast(page).waitFor();
  assert.deepEqual(await dates(page), seen, 'and after');
  assert.match(await textOf(page.locator('.page-head .sub')), /Dana Whitfield\. \$95\.00 every two weeks on \w+days\./);
  return seen;
};

for (const [how, who, options] of [
  ['by its owner at a desk', 'owner', {}],
  ['by its office without script', 'staff', { js: false }],
  ['by its office on a phone', 'staff', { width: 360, height: 740 }],
]) {
  const looks = options.js ?? true;

  test(`a plan is started, paused, resumed, skipped and billed, ${how}`, async (t) => {
    const page = await here.open(t, undefined, options);
    await signIn(page, here.demo, here.demo.office[who]);
    const seen = await start(page, `Pool, ${how}`);
    await follow(page, 'Pause');
    if (looks) await assertAccessible(page, '/office, pausing a plan: dialog');
    await pressInDialog(page, 'Pause plan');
    await toast(page).waitFor();
    assert.equal(await badge(page), 'Paused');
    assert.deepEqual(await dates(page), [], 'nothing is billed meanwhile');
    await follow(page, 'Resume');
    await pressInDialog(page, 'Resume plan');
    await toast(page).waitFor();
    assert.equal(await badge(page), 'Active');
    assert.deepEqual(await dates(page), seen);
    await follow(page, 'Skip next');
    await click(dialog(page).getByRole('link', { name: 'Keep it' }));
    await follow(page, 'Skip next');
    await pressInDialog(page, /^Skip/);
    assert.match(await textOf(toast(page)), /is skipped\. The next date is/);
    assert.deepEqual((await dates(page)).slice(0, 4), seen.slice(1));
    await follow(page, 'Run now');
    await assertFits(page, 'billing a plan now: dialog');
    await pressInDialog(page, /^Make and send \$95\.00/);
    assert.match(await textOf(toast(page)), /is on its way to Dana Whitfield\./);
    assert.equal((await dates(page))[0], seen[2]);
    const [invoice] = await page.locator('section[aria-labelledby=history] a.row').allInnerTexts();
    await follow(page, invoice);
    await click(page.getByRole('link', { name: `Pool, ${how}` }).first());
    await fromMenu(page, /Cancel plan/);
    await pressInDialog(page, 'Cancel plan');
    await toast(page).waitFor();
    assert.equal(await badge(page), 'Cancelled');
    assert.match(await textOf(page.locator('section[aria-labelledby=history]')), new RegExp(invoice), 'what was sent stays');
  });

  test(`a consent given by phone is recorded and turned off again, ${how}`, async (t) => {
    const page = await here.open(t, undefined, options);
    await signIn(page, here.demo, here.demo.office[who]);
    const title = `Hedges, ${how}`;
    await start(page, title);
    const known = await mailsSoFar(here.demo);
    await follow(page, 'Record Dana’s consent');
    const words = await textOf(page.locator('blockquote.words'));
    assert.ok(words.includes(title) && words.includes('every two weeks'), words);
    assert.ok(!(await page.locator('[name=confirm]').isChecked()), 'the box is never ticked beforehand');
    assert.equal(await page.locator('[name=how]:checked').count(), 0);
    await page.locator('label.choice', { hasText: 'By phone' }).click();
    await page.getByLabel('What would you show a bank that asks?').fill(' ');
    await page.locator('[name=confirm]').check();
    await press(page, 'Record consent and turn on auto-pay');
    assert.match(await page.title(), /^Error: /);
    if (looks) await assertAccessible(page, '/office, a consent that is refused');
    assert.ok(!(await page.locator('[name=confirm]').isChecked()), 'nor when the form comes back');
    assert.ok(await page.locator('[name=how][value=phone]').isChecked(), 'the rest is kept');
    await page.getByLabel('What would you show a bank that asks?').fill('Dana called from the number on file.');
    await page.locator('[name=confirm]').check();
    await press(page, 'Record consent and turn on auto-pay');
    assert.equal(await textOf(toast(page)), 'Consent recorded. Auto-pay is on.');
    const card = page.locator('section[aria-labelledby=auto-pay]');
    assert.match(await textOf(card), /On.*Charged to.*By phone, .*Dana called.*Zooper attested/s);
    const mail = await mailed(here.demo, new RegExp(`Auto-pay is on.*${title}`), known);
    assert.ok(mail.text.replace(/\s+/g, ' ').includes(words), 'the customer gets the words');
    await click(card.getByRole('link', { name: 'Turn off auto-pay' }));
    await pressInDialog(page, 'Turn off auto-pay');
    assert.equal(await textOf(toast(page)), `Auto-pay for ${title} is off.`);
    assert.match(await textOf(card), /turned off by the business/);
  });
}

test('two people change one plan: the second is told, and shown both', async (t) => {
  const [nora, luis] = [await here.open(t), await here.open(t)];
  await signIn(nora, here.demo);
  await signIn(luis, here.demo, here.demo.office.staff);
  await start(nora, 'Beds');
  await fromMenu(nora, 'Edit plan');
  await luis.goto(nora.url());
  await luis.getByLabel('Title').fill('Beds and borders');
  await press(luis, 'Save plan');
  await toast(luis).waitFor();
  await nora.getByLabel('Title').fill('Flower beds');
  await press(nora, 'Save plan');
  await nora.getByText('Somebody else changed this plan').waitFor();
  assert.equal(await nora.getByLabel('Title').inputValue(), 'Beds and borders');
  await assertAccessible(nora, '/office, a plan that somebody else changed');
});
