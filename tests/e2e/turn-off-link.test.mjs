// The link in a mail about auto-pay: it opens the portal with the question already asked, and after Rotate or Revoke still
// that question alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { mailed, turnOffLink } from './lib/mailbox.mjs';
import { attestedPlan } from './lib/plan.mjs';
import { consentRow, date, methodId, section, textOf } from './lib/page.mjs';

const here = suite();
let portal;

/** A plan with auto-pay on, and the link in the mail that confirmed it. */
const confirmed = async (t, title) => {
  const page = await here.open(t, portal ?? here.demo.portal);
  const { plan, consent } = await attestedPlan(here.demo, title, await methodId(page, '4242'));
  const mail = await mailed(here.demo, new RegExp(`^Auto-pay is on for ${title}$`));
  assert.equal(mail.to, 'dana@whitfield.example');
  return { title, plan, consent, link: turnOffLink(mail) };
};

const question = async (page, { title }) => {
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  // The script that makes it a dialog of the browser's own has run by then.
  await page.waitForLoadState();
  assert.equal(await textOf(dialog.getByRole('heading')), `Turn off auto-pay for ${title}?`);
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'dialog-title', 'the focus starts on the question');
  return dialog;
};

const over = async (page, { title }) => {
  const heading = page.getByRole('heading', { level: 1, name: /^Auto-pay for .+ is off since/ });
  await heading.waitFor();
  assert.match(await textOf(heading), new RegExp(`^Auto-pay for ${title} is off since ${date.source}$`));
  assert.ok(!(await page.content()).includes('/p/'), 'nothing leads into the portal');
};

const isOn = async (t, { title }, options) =>
  await consentRow(await here.open(t, portal ?? here.demo.portal, options), title).count() === 1;

for (const js of [true, false]) {
  const how = js ? '' : ', without script';
  const mark = js ? 'nowadays' : 'as ever';

  test(`s45 the mail's link opens the portal with the question asked, and it takes a click${how}`, async (t) => {
    const given = await confirmed(t, `Pruning ${mark}`);
    const page = await here.open(t, given.link, { js, width: 360, height: 740 });
    const dialog = await question(page, given);
    assert.equal(await page.locator('main').getByRole('heading', { level: 2, includeHidden: true }).count(), 4, 'over the whole portal');
    assert.ok(await isOn(t, given), 'opening the link turns nothing off');
    await dialog.getByRole('link', { name: 'Keep auto-pay on' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await consentRow(page, given.title).count(), 1);
    assert.ok(await isOn(t, given));
    if (js) {
      await page.reload();
      await section(page, 'Auto-pay').waitFor();
      assert.equal(await page.getByRole('dialog').count(), 0, 'a reload asks no more');
      await page.goto(given.link);
      await question(page, given);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      assert.ok(await isOn(t, given));
    }

    await page.goto(given.link);
    await (await question(page, given)).getByRole('button', { name: 'Turn off auto-pay' }).click();
    await over(page, given);
    assert.equal(await isOn(t, given), false);
    await mailed(here.demo, new RegExp(`^Auto-pay is off for ${given.title}$`));
    await page.goto(given.link);
    await over(page, given);
  });

  test(`s45 the demo's own mail: its link is the one that is printed${how}`, async (t) => {
    const mail = await mailed(here.demo, /^Auto-pay is on for Spring and fall cleanup$/);
    assert.equal(turnOffLink(mail), here.demo.turn_off_link);
    const page = await here.open(t, here.demo.turn_off_link, { js });
    await question(page, { title: 'Spring and fall cleanup' });
  });
}

test('s45 what a mail program looks up by itself turns nothing off', async (t) => {
  const given = await confirmed(t, 'Weeding');
  await fetch(given.link, { headers: { 'user-agent': 'WhatsApp/2.23.20.0' } });
  await fetch(given.link, { method: 'HEAD' });
  assert.ok(await isOn(t, given));
  assert.ok(await isOn(t, given));
});

test('s45 a link of one plan turns off no other', async (t) => {
  const [mine, other] = [await confirmed(t, 'Raking'), await confirmed(t, 'Seeding')];
  const secret = mine.link.replace(/\?.*/, '');
  const page = await here.open(t, `${secret}?turn-off=cns_00000000000000000000000000`);
  await section(page, 'Auto-pay').waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.ok(await isOn(t, other));
});

for (const verb of ['rotate', 'revoke']) {
  for (const js of [true, false]) {
    const how = js ? '' : ', without script';

    test(`s45 after ${verb} the mail's link opens that one consent and nothing else${how}`, async (t) => {
      const given = await confirmed(t, `Watering ${verb} ${js ? 'nowadays' : 'as ever'}`);
      const customer = here.demo.customer;
      const first = await here.demo.cli('portal-link', verb, '--customer', customer);
      assert.equal(first.code, 0, first.stderr);
      const fresh = verb === 'rotate' ? first : await here.demo.cli('portal-link', 'generate', '--customer', customer);
      [portal] = fresh.stdout.match(/https?:\/\/\S+\/p\/[A-Za-z0-9_-]{43}/);

      const page = await here.open(t, given.link, { js });
      const dialog = await question(page, given);
      const html = await page.content();
      assert.ok(!html.includes('/invoices') && !html.includes('/payment-methods'));
      assert.equal(await section(page, 'Past invoices').count(), 0);
      await dialog.getByRole('link', { name: 'Keep auto-pay on' }).click();
      await dialog.waitFor({ state: 'detached' });
      assert.equal(await textOf(page.getByRole('heading', { level: 1 })), `Auto-pay for ${given.title} is on`);
      await page.getByRole('link', { name: 'Turn off auto-pay' }).click();
      await (await question(page, given)).getByRole('button', { name: 'Turn off auto-pay' }).click();
      await over(page, given);
      assert.equal(await isOn(t, given), false);
    });
  }
}
