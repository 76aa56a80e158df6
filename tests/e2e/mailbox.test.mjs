// The mails themselves, as the demo's mailbox shows them: each kind readable, with the same working links in both parts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { assertAccessible, assertFits } from './lib/axe.mjs';
import { mailed, mailPage, mails } from './lib/mailbox.mjs';
import { attestedPlan, billPlan } from './lib/plan.mjs';
import { cardDeclines, daysPass } from './lib/sandbox.mjs';
import { ask, cards, consentRow, haveCard, last4, methodId, textOf } from './lib/page.mjs';

const here = suite();

const looks = [1280, 320].flatMap((width) => ['light', 'dark'].map((colorScheme) => ({ width, colorScheme })));

const everywhere = async (page, where) => {
  for (const { width, colorScheme } of looks) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await assertAccessible(page, `${where}, ${width} px, ${colorScheme}`);
  }
  await assertFits(page, where);
};

/** What brings about the kinds of mail that the demo's history has none of. */
const provoke = {
  'auto-pay turned off': async (t) => {
    const page = await here.open(t, here.demo.portal);
    await attestedPlan(here.demo, 'Leaf pickup', await methodId(page, '4242'));
    await page.goto(here.demo.portal);
    await ask(page, consentRow(page, 'Leaf pickup').getByRole('link', { name: /^Turn off/ }));
    await page.getByRole('dialog').getByRole('button', { name: 'Turn off auto-pay' }).click();
    await page.locator('.notice').waitFor();
  },
  'a card that expires': async (t) => {
    const page = await here.open(t, here.demo.portal);
    await attestedPlan(here.demo, 'Snow watch', await methodId(page, '4444'));
  },
  'the bank wants to see the customer': async (t) => {
    const page = await here.open(t);
    await haveCard(page, here.demo, cards.debit);
    const { plan } = await attestedPlan(here.demo, 'Bulb planting', await methodId(page, last4(cards.debit)));
    await billPlan(here.demo, plan);
    await cardDeclines(here.demo, last4(cards.debit), 'authentication_required');
    await daysPass(here.demo, 21);
  },
};

const kinds = {
  'an invoice to pay': { subject: /^Invoice INV-\d+ from Greenline/, links: 2 },
  'a receipt': { subject: /^Receipt from Greenline .* for invoice INV-/, links: 2 },
  'a refund': { subject: /^Refund of \$[\d.]+ from Greenline/, links: 1 },
  'a payment that failed': { subject: /^Your payment for invoice INV-\d+ didn’t go through$/, links: 1 },
  'auto-pay turned on': { subject: /^Auto-pay is on for Hedge trimming$/, links: 1 },
  'auto-pay turned off': { subject: /^Auto-pay is off for Leaf pickup$/, links: 0 },
  'a card that expires': { subject: /^Mastercard •••• 4444 expires soon$/ },
  // The last, because it moves the demo's time: the card above expires this month.
  'the bank wants to see the customer': { subject: /^Please confirm your payment for invoice INV-/, links: 1 },
};

const hrefs = (links) => links.evaluateAll((all) => [...new Set(all.map((link) => link.href).filter((href) => /^https?:/.test(href)))]);

for (const [kind, { subject, links }] of Object.entries(kinds)) {
  test(`mail: ${kind}`, async (t) => {
    await provoke[kind]?.(t);
    const mail = await mailed(here.demo, subject);
    const page = await here.open(t, mailPage(here.demo, mail));
    assert.equal(await textOf(page.getByRole('heading', { level: 1 })), mail.subject);
    if (links !== undefined) assert.equal(mail.links.length, links, `${mail.links}`);

    // Both parts say the same, and lead to the same places.
    const text = page.locator('pre.part');
    assert.match(await text.innerText(), /^Hello Dana Whitfield,/);
    assert.deepEqual(await hrefs(text.locator('a')), mail.links);
    const frame = page.frameLocator('iframe[title="HTML part"]');
    await frame.getByRole('heading', { level: 1 }).waitFor();
    assert.deepEqual((await hrefs(frame.locator('a'))).toSorted(), mail.links.toSorted());
    assert.match(await frame.locator('body').innerText(), /Greenline Lawn & Garden/);
    await everywhere(page, `mailbox: ${kind}`);

    for (const link of mail.links) {
      // A browser shows a PDF in a viewer of its own, or saves it; the file is what counts.
      if (link.endsWith('.pdf')) {
        const reply = await fetch(link);
        assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'application/pdf']);
        continue;
      }
      const opened = page.waitForEvent('popup');
      await frame.locator(`a[href="${link}"]`).first().click();
      const other = await opened;
      await other.waitForLoadState('load');
      assert.equal(new URL(other.url()).pathname, new URL(link).pathname);
      await other.getByRole('heading', { level: 1 }).waitFor();
      assert.doesNotMatch(await other.title(), /not found/i);
      await other.close();
    }

    // The HTML part alone. Where the mailbox shows it no script can run, and so not axe either.
    const alone = await here.open(t);
    await alone.setContent(await (await fetch(`${mailPage(here.demo, mail)}/html`)).text());
    assert.equal(await alone.locator('script, link, img, form, input').count(), 0, 'nothing is fetched, nothing runs');
    await everywhere(alone, `mail: ${kind}`);
  });
}

test('the mailbox lists the newest first, and opens each; without script too', async (t) => {
  const page = await here.open(t, here.demo.mailbox, { js: false });
  assert.equal(await textOf(page.getByRole('heading', { level: 1 })), 'Mailbox');
  const all = await mails(here.demo);
  const dates = all.map(({ date }) => date);
  assert.deepEqual(dates, dates.toSorted().reverse());
  const first = page.locator('ul.letters > li').first();
  assert.equal(await textOf(first.locator('.subject')), all[0].subject);
  await everywhere(await here.open(t, here.demo.mailbox), 'mailbox');
  await first.getByRole('link').click();
  assert.equal(await textOf(page.getByRole('heading', { level: 1 })), all[0].subject);
  await page.getByRole('link', { name: 'All mail' }).click();
  await first.waitFor();
});

test('no mail reached two customers, and no link of one is in another’s', async () => {
  const owners = new Map();
  for (const { to, links } of await mails(here.demo)) {
    for (const link of links) {
      assert.ok(!owners.has(link) || owners.get(link) === to, link);
      owners.set(link, to);
    }
  }
  assert.ok(new Set(owners.values()).size > 1);
});
