// The owner's daily work in a browser: an invoice from its first line to the money, a quote accepted by phone, the settings,
// and forms that are refused; at a desk, on a phone, without script, by keyboard alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { assertAccessible, assertFits } from './lib/axe.mjs';
import { asked, click, dialog, fromMenu, press, pressInDialog, signIn, toast } from './lib/office.mjs';
import { textOf } from './lib/page.mjs';

const here = suite();

const officeOf = (path) => `${here.demo.base}/office${path}`;
const total = (page) => page.locator('.save [data-sum=total]');

const writeLine = async (page, n, { words, quantity = '1', price }) => {
  await page.locator(`[name=line-${n}-description]`).fill(words);
  await page.locator(`[name=line-${n}-quantity]`).fill(quantity);
  await page.locator(`[name=line-${n}-price]`).fill(price);
};

for (const [how, options] of [
  ['at a desk', {}],
  ['without script', { js: false }],
  ['on a phone', { width: 360, height: 740 }],
]) {
  const js = options.js ?? true;

  test(`an invoice is written, refused, put right, sent and paid in part by check, ${how}`, async (t) => {
    const page = await here.open(t, undefined, options);
    await signIn(page, here.demo, here.demo.office.staff);
    await page.goto(officeOf('/invoices/new'));
    await page.getByLabel('Customer', { exact: true }).selectOption({ label: 'Dana Whitfield' });
    await page.locator('[name=default_tax]').selectOption({ index: 0 });
    await writeLine(page, 1, { words: 'Leaf clean-up', quantity: '2.5', price: '40' });
    if (js) assert.equal(await textOf(total(page)), '$100.00', 'it counts while one types');
    await press(page, 'Add a discount');
    await page.locator('[name=line-2-description]').fill('Neighbor discount');
    await page.locator('[name=line-2-price]').fill('ten');
    await page.getByLabel('Due date').fill('2020-01-01');
    await press(page, 'Save draft');
    assert.match(await page.title(), /^Error: /);
    assert.equal(await page.locator('[name=line-1-description]').inputValue(), 'Leaf clean-up', 'nothing typed is lost');
    assert.equal(await page.locator('[name=line-2-price]').inputValue(), 'ten');
    assert.equal(await page.locator('[aria-invalid=true]').count(), 2, 'each field says what it lacks');
    if (js) await assertAccessible(page, '/office, an invoice that is refused');
    await assertFits(page, 'an invoice that is refused');
    await page.locator('[name=line-2-price]').fill('10');
    await page.getByLabel('Due date').fill(await page.getByLabel('Issue date').inputValue());
    await page.getByLabel('Internal notes').fill('The gate sticks.');
    await press(page, 'Review and send');
    assert.match(await textOf(dialog(page)), /Send \$90\.00 to Dana Whitfield\?/);
    await pressInDialog(page, 'Send invoice');
    await toast(page).waitFor();
    const number = await textOf(page.getByRole('heading', { level: 1 }));
    assert.match(number, /^INV-\d+$/);
    const paper = await page.getByRole('link', { name: 'Open the customer’s page' }).getAttribute('href');
    const seen = await (await fetch(paper)).text();
    assert.ok(seen.includes('Neighbor discount') && !seen.includes('The gate sticks.'), 'notes are for the team');
    const pdf = await fetch(`${paper}/invoice.pdf`);
    assert.equal(pdf.headers.get('content-type'), 'application/pdf');

    await click(page.getByRole('link', { name: 'Record payment' }));
    await dialog(page).getByLabel('Amount').fill('300');
    await dialog(page).getByLabel('Check', { exact: true }).check();
    await pressInDialog(page, 'Record payment');
    assert.match(await textOf(dialog(page)), /wasn’t recorded/);
    assert.equal(await dialog(page).getByLabel('Amount').inputValue(), '300');
    if (js) await assertAccessible(page, '/office, a payment that is refused: dialog');
    await dialog(page).getByLabel('Amount').fill('50');
    await dialog(page).getByLabel(/^Check number/).fill('1058');
    await pressInDialog(page, 'Record payment');
    await toast(page).waitFor();
    assert.match(await textOf(page.locator('.headline').first()), /\$40\.00\s*owed of \$90\.00/);
    assert.match(await textOf(page.locator('main')), /Check #1058/);
    assert.equal(await page.getByRole('link', { name: /^Refund/ }).count(), 0, 'refunds are the owner’s');
  });

  test(`a quote accepted by phone becomes an invoice, ${how}`, async (t) => {
    const page = await here.open(t, undefined, options);
    await signIn(page, here.demo, here.demo.office.staff);
    await page.goto(officeOf('/quotes/new'));
    await page.getByRole('searchbox').fill('dana whit');
    await page.getByRole('searchbox').press('Enter');
    await click(page.getByRole('link', { name: 'Dana Whitfield' }));
    await page.getByLabel(/^Title/).fill(`Arbor, ${how}`);
    await page.locator('[name=default_tax]').selectOption({ index: 0 });
    await writeLine(page, 1, { words: 'Cedar arbor', price: '640.00' });
    await press(page, 'Review and send');
    await pressInDialog(page, /^Send \$640\.00/);
    await toast(page).waitFor();
    await click(page.getByRole('link', { name: /^Accepted by phone/ }));
    await dialog(page).getByLabel('Who accepted it').fill('Dana Whitfield');
    await dialog(page).getByLabel('How you were told').fill(' ');
    await pressInDialog(page, 'Mark as accepted');
    assert.match(await page.title(), /^Error: /);
    if (js) await assertAccessible(page, '/office, an acceptance that is refused: dialog');
    assert.equal(await dialog(page).getByLabel('Who accepted it').inputValue(), 'Dana Whitfield');
    await dialog(page).getByLabel('How you were told').fill('by phone, this morning');
    await pressInDialog(page, 'Mark as accepted');
    await toast(page).waitFor();
    const quote = await textOf(page.getByRole('heading', { level: 1 }));
    await press(page, 'Turn into an invoice');
    await page.getByRole('link', { name: /Review and send/ }).waitFor();
    await click(page.getByRole('link', { name: quote }));
    await page.getByRole('link', { name: 'Open the invoice' }).waitFor();
  });
}

test('lists are searched while one types, and Back leads where one was', async (t) => {
  const page = await here.open(t);
  await signIn(page, here.demo);
  for (const path of ['/customers', '/invoices', '/plans', '/payments']) {
    await page.goto(officeOf(path));
    const all = await page.locator('a.row').count();
    const box = page.getByRole('searchbox');
    await box.pressSequentially('dana');
    await page.waitForURL((url) => url.searchParams.get('q') === 'dana');
    assert.equal(await box.inputValue(), 'dana');
    assert.ok(await box.evaluate((it) => document.activeElement === it), 'the cursor stays');
    const rows = await page.locator('tbody tr').allInnerTexts();
    assert.ok(rows.length > 0 && rows.every((row) => row.includes('Dana Whitfield')), rows.join());
    await box.fill('nobody of that name');
    await page.getByText('Nothing found for “nobody of that name”').waitFor();
    await box.fill('');
    await page.waitForFunction((count) => document.querySelectorAll('a.row').length === count, all);
  }
});

test('the owner refunds a part, moves a due date, writes off, voids and reissues', async (t) => {
  const page = await here.open(t);
  await signIn(page, here.demo);
  const openOne = async () => {
    await page.goto(officeOf('/invoices/new'));
    await page.getByLabel('Customer', { exact: true }).selectOption({ label: 'Dana Whitfield' });
    await page.locator('[name=default_tax]').selectOption({ index: 0 });
    await writeLine(page, 1, { words: 'Pruning', price: '80' });
    await press(page, 'Review and send');
    await pressInDialog(page, 'Mark as sent without an email');
    await page.locator('.badge', { hasText: 'Sent' }).first().waitFor();
    const done = dialog(page).getByRole('link');
    if (await done.count() > 0) await click(done.last());
  };
  const badge = () => textOf(page.locator('.title .badge'));

  await openOne();
  await fromMenu(page, /Move the due date/);
  await dialog(page).getByLabel('New due date').fill('2020-01-01');
  await pressInDialog(page, 'Move the due date');
  assert.match(await textOf(dialog(page).locator('.error').first()), /\w/);
  await assertAccessible(page, '/office, a date that is refused: dialog');
  await click(dialog(page).getByRole('link', { name: 'Keep it' }));
  await click(page.getByRole('link', { name: 'Record payment' }));
  await dialog(page).getByLabel('Cash').check();
  await pressInDialog(page, 'Record payment');
  await toast(page).waitFor();
  assert.equal(await badge(), 'Paid');
  await click(page.getByRole('link', { name: /^Refund/ }));
  await dialog(page).getByLabel('Amount').fill('30');
  await dialog(page).getByLabel('Reason').fill('One bush less.');
  await pressInDialog(page, 'Refund');
  await toast(page).waitFor();
  assert.match(await textOf(page.locator('main')), /Partly refunded/);

  await openOne();
  await fromMenu(page, /Write off/);
  await pressInDialog(page, /^Write off \$80\.00/);
  await toast(page).waitFor();
  assert.equal(await badge(), 'Uncollectible');

  await openOne();
  const voided = await textOf(page.getByRole('heading', { level: 1 }));
  await fromMenu(page, /Void invoice/);
  await pressInDialog(page, 'Void and reissue');
  await page.getByRole('heading', { level: 1, name: 'Edit draft' }).waitFor();
  await press(page, 'Save draft');
  await page.getByText(`This draft takes the place of ${voided}`).waitFor();
  await click(page.getByRole('link', { name: voided }));
  assert.equal(await badge(), 'Void');
});

test('two people write one draft: the second is told, and shown both', async (t) => {
  const [nora, luis] = [await here.open(t), await here.open(t)];
  await signIn(nora, here.demo);
  await signIn(luis, here.demo, here.demo.office.staff);
  await nora.goto(officeOf('/invoices/new'));
  await nora.getByLabel('Customer', { exact: true }).selectOption({ label: 'Dana Whitfield' });
  await writeLine(nora, 1, { words: 'Compost', price: '35' });
  await press(nora, 'Save draft');
  await toast(nora).waitFor();
  await click(nora.getByRole('link', { name: 'Edit', exact: true }));
  await luis.goto(nora.url());
  await writeLine(luis, 1, { words: 'Compost, two loads', price: '70' });
  await press(luis, 'Save draft');
  await toast(luis).waitFor();
  await writeLine(nora, 1, { words: 'Compost, delivered', price: '45' });
  await press(nora, 'Save draft');
  const told = await textOf(nora.getByRole('alert').first());
  assert.match(told, /Somebody saved this draft while you were writing.*Compost, two loads/);
  assert.equal(await nora.locator('[name=line-1-description]').inputValue(), 'Compost, delivered');
  await assertAccessible(nora, '/office, a draft somebody else saved');
});

test('settings: what can’t be used is said beside its field, what can is kept', async (t) => {
  const page = await here.open(t, undefined, { width: 360, height: 740 });
  await signIn(page, here.demo);
  await page.goto(officeOf('/settings'));
  const name = page.getByLabel('Business name');
  const usual = await name.inputValue();
  await name.fill(' ');
  await page.getByLabel(/^Phone/).fill('call me');
  await page.locator('[name=logo]').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('%PDF-1.7 no picture') });
  await press(page, 'Save changes');
  assert.match(await page.title(), /^Error: /);
  assert.equal(await page.getByLabel(/^Phone/).inputValue(), 'call me');
  assert.ok(await page.locator('[aria-invalid=true]').count() >= 3, 'name, phone and a file that is no picture');
  await assertAccessible(page, '/office, settings that are refused');
  await assertFits(page, 'settings that are refused');
  await name.fill(usual);
  await page.getByLabel(/^Phone/).fill('(512) 555-0100');
  await press(page, 'Save changes');
  await toast(page).waitFor();

  await page.goto(officeOf('/settings/tax-rates'));
  await page.getByLabel('Name on the invoice').fill('Travis County');
  await page.getByLabel('Rate', { exact: true }).fill('8.25001');
  await press(page, 'Add rate');
  assert.match(await page.title(), /^Error: /);
  await assertAccessible(page, '/office, a tax rate that is refused');
  await page.getByLabel('Rate', { exact: true }).fill('8.125');
  await press(page, 'Add rate');
  await toast(page).waitFor();
  assert.match(await textOf(page.locator('table')), /Travis County\s*8\.125%/);
});

test('by keyboard alone: from signing in to a draft that is saved', async (t) => {
  const page = await here.open(t);
  await page.goto(`${here.demo.base}/sign-in`);
  const { email, password } = here.demo.office.staff;
  await page.getByLabel('Email').focus();
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  await page.waitForLoadState();
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Skip/);
  await page.keyboard.press('Enter');
  const tabTo = async (wanted) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      const reached = await page.evaluate((name) => {
        const at = document.activeElement;
        return at.name === name || at.textContent.trim() === name;
      }, wanted);
      if (reached) {
        const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
        assert.notEqual(ring, 'none', `${wanted} shows that it has the focus`);
        return;
      }
    }
    assert.fail(`Tab never reached ${wanted}`);
  };
  await tabTo('New invoice');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /invoice/i }).waitFor();
  await page.waitForLoadState();
  await tabTo('customer');
  await page.keyboard.type('Dana');
  await tabTo('line-1-description');
  await page.keyboard.type('Mulch');
  await tabTo('line-1-price');
  await page.keyboard.type('55');
  await tabTo('Save draft');
  await page.keyboard.press('Enter');
  await toast(page).waitFor();
  await page.waitForLoadState();
  assert.match(await textOf(page.locator('main')), /Mulch/);
  // A dialog over the page: its way out is Escape, and what lies below can't be reached.
  await page.keyboard.press('Tab');
  await tabTo('Review and send');
  await page.keyboard.press('Enter');
  await asked(page);
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.querySelector('dialog').contains(document.activeElement)), 'the focus is inside');
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => !url.search);
  assert.equal(await dialog(page).count(), 0);
});
