// The customer's cards in the portal: added, made the default, removed. Nothing here moves money.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { mailed } from './lib/mailbox.mjs';
import { attestedPlan } from './lib/plan.mjs';
import {
  ask, backInPortal, cards, consentRow, date, haveCard, last4, masked, methodId, methodRow, noticeIn, onCheckout,
  saveCard, section, startAdding, textOf,
} from './lib/page.mjs';

const here = suite();
const home = 'Saved payment methods';

const rowsOf = async (page) => Promise.all((await section(page, home).locator('li.method').all()).map(textOf));

for (const js of [true, false]) {
  const how = js ? '' : ', without script';

  test(`s08 s37 s47 a card is added: typed on Stripe's page, listed in the portal, nothing charged${how}`, async (t) => {
    const number = js ? cards.debit : cards.mastercardDebit;
    const context = await here.context(t, { js, width: 360, height: 740 });
    const page = await context.newPage();
    await page.goto(here.demo.portal);
    const before = await rowsOf(page);
    await startAdding(page);
    assert.equal(new URL(page.url()).origin, here.demo.stripe, 'no card number is typed on a page of ours');
    const [cookie, ...others] = await context.cookies(here.demo.base + '/r/');
    assert.ok(!cookie && others.length === 0, 'the cookie goes to one address only');
    const [way] = await context.cookies();
    assert.deepEqual([way.httpOnly, way.sameSite], [true, 'Lax']);
    await saveCard(page, number);
    await backInPortal(page, here.demo);
    assert.equal(new URL(page.url()).hash, '#methods');
    assert.match(await textOf(noticeIn(page, home)), new RegExp(`${masked('', last4(number)).source} is saved\\.`));
    const row = methodRow(page, last4(number));
    assert.match(await textOf(row), masked(js ? 'Visa' : 'Mastercard', last4(number)));
    assert.match(await textOf(row.locator('.method-more')), new RegExp(`^Expires 12/\\d{4}\\. Added ${date.source}\\.$`));
    assert.equal(await row.getByRole('radio').isChecked(), false, 'the default stays what it was');
    assert.equal((await rowsOf(page)).length, before.length + 1);
    // What was said is said once.
    await page.goto(here.demo.portal);
    assert.equal(await page.locator('.notice').count(), 0);
  });

  test(`s08 the same card again stays one row${how}`, async (t) => {
    const page = await here.open(t, here.demo.portal, { js });
    const number = js ? cards.debit : cards.mastercardDebit;
    await haveCard(page, here.demo, number);
    await startAdding(page);
    await saveCard(page, number);
    await backInPortal(page, here.demo);
    assert.equal(await methodRow(page, last4(number)).count(), 1);
  });

  test(`s08 back from Stripe's page: no card is saved, and the portal says so${how}`, async (t) => {
    const page = await here.open(t, here.demo.portal, { js });
    const before = await rowsOf(page);
    await startAdding(page);
    await page.getByRole('navigation', { name: 'Back' }).getByRole('link').click();
    await backInPortal(page, here.demo);
    assert.equal(await textOf(noticeIn(page, home)), 'No card was saved, and nothing was charged.');
    assert.deepEqual(await rowsOf(page), before);
  });

  test(`s08 a card that is declined or fails at its bank isn't saved; one whose bank is satisfied is${how}`, async (t) => {
    const page = await here.open(t, here.demo.portal, { js });
    const number = js ? cards.asksOnce : cards.asksEachTime;
    const before = await rowsOf(page);
    await startAdding(page);
    await saveCard(page, cards.declined);
    await page.locator('[role=alert], .field-error').first().waitFor();
    await saveCard(page, number);
    await page.getByRole('button', { name: 'Fail' }).click();
    await onCheckout(page);
    await page.getByRole('alert').waitFor();
    await saveCard(page, number);
    await page.getByRole('button', { name: 'Complete' }).click();
    await backInPortal(page, here.demo);
    assert.match(await textOf(noticeIn(page, home)), /is saved/);
    assert.equal((await rowsOf(page)).length, before.length + 1);
    assert.equal(await methodRow(page, last4(number)).count(), 1);
  });

  test(`s09 another default by its radio button${how}`, async (t) => {
    const page = await here.open(t, here.demo.portal, { js });
    const chosen = () => section(page, home).getByRole('radio', { checked: true });
    const before = await chosen().getAttribute('value');
    const save = page.getByRole('button', { name: 'Make this my default' });
    assert.ok(!await save.isVisible(), 'nothing to save yet');
    const other = js ? '4444' : '4242';
    await methodRow(page, other).getByRole('radio').check();
    await save.click();
    await backInPortal(page, here.demo);
    assert.match(await textOf(noticeIn(page, home)), new RegExp(`${other} is your default now`));
    assert.match(await textOf(methodRow(page, other)), /Default/);
    assert.notEqual(await chosen().getAttribute('value'), before);
    assert.equal(await section(page, home).locator('.badge', { hasText: 'Default' }).count(), 1);
    // An invoice offers it first.
    await page.locator('.head a.button.primary').click();
    assert.match(await textOf(page.locator('form.pay button').first()), new RegExp(`^Pay .* ${other}$`));
  });

  test(`s10 a card is removed once the question is answered, not before${how}`, async (t) => {
    const page = await here.open(t, undefined, { js });
    const number = js ? cards.debit : cards.mastercardDebit;
    await haveCard(page, here.demo, number);
    const row = methodRow(page, last4(number));
    const link = row.getByRole('link', { name: /^Remove/ });
    await link.waitFor();

    const asked = await ask(page, link);
    assert.match(await textOf(asked.getByRole('heading')), new RegExp(`^Remove ${masked('.+', last4(number)).source}\\?$`));
    assert.match(await textOf(asked), /You can add it again any time\. No auto-pay depends on it\./);
    await asked.getByRole('link', { name: 'Keep this card' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await row.count(), 1);
    if (js) {
      await ask(page, link);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      assert.equal(await row.count(), 1);
      assert.ok(await link.evaluate((one) => document.activeElement === one), 'the focus is back where it was');
    }

    const again = await ask(page, link);
    await again.getByRole('button', { name: 'Remove card' }).click();
    await backInPortal(page, here.demo);
    assert.match(await textOf(noticeIn(page, home)), new RegExp(`${last4(number)} is removed\\.$`));
    assert.equal(await row.count(), 0);
    // On a page that was open for longer it can be removed no more.
    await page.goto(`${here.demo.portal}?remove=pmt_00000000000000000000000000`);
    assert.equal(await page.getByRole('dialog').count(), 0);
  });

  test(`s38 removing a card names the plans that it pays, and turns their auto-pay off${how}`, async (t) => {
    const page = await here.open(t, undefined, { js });
    const number = js ? cards.diners : cards.jcb;
    await haveCard(page, here.demo, number);
    const method = await methodId(page, last4(number));
    const titles = [`Pool care ${js}`, `Gutter check ${js}`];
    for (const title of titles) await attestedPlan(here.demo, title, method);
    await page.goto(here.demo.portal);
    const row = methodRow(page, last4(number));
    assert.match(await textOf(row), new RegExp(`Pays .*${titles[0]}`));

    const asked = await ask(page, row.getByRole('link', { name: /^Remove/ }));
    assert.match(await textOf(asked), /This card pays 2 plans\. Removing it also turns off auto-pay for:/);
    assert.deepEqual((await asked.getByRole('listitem').allInnerTexts()).toSorted(), titles.toSorted());
    await asked.getByRole('link', { name: 'Keep this card' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    for (const title of titles) assert.equal(await consentRow(page, title).count(), 1);

    const again = await ask(page, row.getByRole('link', { name: /^Remove/ }));
    await again.getByRole('button', { name: 'Remove card and turn off auto-pay' }).click();
    await backInPortal(page, here.demo);
    assert.match(await textOf(noticeIn(page, home)), /is removed\. Auto-pay is off for .+ and .+\.$/);
    for (const title of titles) {
      assert.ok((await textOf(noticeIn(page, home))).includes(title));
      assert.equal(await consentRow(page, title).count(), 0);
      const mail = await mailed(here.demo, new RegExp(`^Auto-pay is off for ${title}$`));
      assert.match(mail.text, /removed/);
    }
    assert.equal(await row.count(), 0);
  });

  test(`s10 the default is removed: the newest card that is left takes its place${how}`, async (t) => {
    const page = await here.open(t, undefined, { js });
    await haveCard(page, here.demo, cards.unionpay);
    await page.goto(here.demo.portal);
    await methodRow(page, '0005').getByRole('radio').check();
    await page.getByRole('button', { name: 'Make this my default' }).click();
    await backInPortal(page, here.demo);
    const asked = await ask(page, methodRow(page, '0005').getByRole('link', { name: /^Remove/ }));
    const next = /(\d{4}) becomes your default\./.exec(await textOf(asked))?.[1];
    assert.ok(next, 'the question says which card is next');
    await asked.getByRole('button', { name: 'Remove card' }).click();
    await backInPortal(page, here.demo);
    assert.match(await textOf(methodRow(page, next)), /Default/);
  });
}

test('s08 back in another browser: told how it went, and led nowhere', async (t) => {
  const page = await here.open(t, here.demo.portal);
  let way;
  page.on('request', (request) => { if (new URL(request.url()).pathname.startsWith('/r/')) way = request.url(); });
  await startAdding(page);
  await saveCard(page, cards.unionpay);
  await backInPortal(page, here.demo);
  const stranger = await here.open(t, way);
  assert.equal(await textOf(stranger.getByRole('heading', { level: 1 })), 'Card saved');
  assert.equal(await stranger.locator('main a').count(), 0);
  assert.ok(!(await stranger.content()).includes('/p/'));
  assert.doesNotMatch(await stranger.content(), /••••/, 'and not which card');
});

test('the books agree: nothing on these pages moved money', async () => {
  assert.deepEqual((await here.demo.ledger()).filter(({ charge }) => !here.demo.history.has(charge)), []);
});
