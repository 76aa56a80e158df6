// The first day of a business, from an empty database, in a browser only: it signs up, connects Stripe, sends a quote that
// becomes an invoice, hands out the portal link, is paid, and rotates the link.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startInstall } from './lib/install.mjs';
import { accessBadge, click, dialog, portalAccess, press, pressInDialog, shownLink, toast } from './lib/office.mjs';
import { cards, onCheckout, payNow, payWith, textOf } from './lib/page.mjs';
import { suite } from './lib/suite.mjs';
import { until } from './lib/until.mjs';

const here = suite({ demo: false });
let install;
before(async () => { install = await startInstall(); }, { timeout: 120_000 });
after(() => install?.stop());

const password = 'slow green mornings';

/** A browser of somebody. */
const somebody = async (t, options = {}) => (await here.context(t, { demo: install, ...options })).newPage();

const fill = async (page, fields) => {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
};

const goTo = (page, name) => click(page.getByRole('navigation', { name: 'Main', exact: true }).getByRole('link', { name, exact: true }));

/** What fills the quote's one line. */
const line = async (page, words, price) => {
  await page.locator('[name=line-1-description]').fill(words);
  await page.locator('[name=line-1-price]').fill(price);
};

/** A part of the story; it ends where one fails. */
const step = async (name, run) => {
  try {
    await run();
  } catch (error) {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  }
};

test('from an empty database to the first payment', { timeout: 300_000 }, async (t) => {
  const maya = await somebody(t);

  await step('the owner signs up with the code that the server printed', async () => {
    await maya.goto(install.base);
    await maya.waitForURL(`${install.base}/setup`);
    await fill(maya, {
      'Set-up code': install.code,
      'Your name': 'Maya Hartley',
      Email: 'maya@hartley.example',
      Password: password,
      'Business name': 'Hartley Plumbing',
    });
    await maya.getByLabel('Time zone').selectOption('America/Chicago');
    await press(maya, 'Create your account');
    await maya.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    assert.match(await textOf(maya.locator('main')), /\$0\.00/, 'figures at zero are an answer');
  });

  await step('and says who the business is', async () => {
    await goTo(maya, 'Settings');
    await maya.getByLabel(/^Phone/).fill('(512) 555-0148');
    await maya.getByLabel(/^Address/).fill('88 Cedar Street\nAustin, TX 78702');
    await press(maya, 'Save changes');
    await toast(maya).waitFor();
    assert.equal(await maya.getByLabel(/^Phone/).inputValue(), '(512) 555-0148');
  });

  await step('and connects Stripe', async () => {
    await click(maya.getByRole('link', { name: 'Card payments' }));
    await press(maya, 'Set up payments');
    await maya.waitForURL((url) => url.origin === install.stripe);
    const typed = { name: 'Hartley Plumbing', product: 'Plumbing', phone: '(512) 555-0148', first_name: 'Maya', last_name: 'Hartley', routing: '110000000', number: '000123456789' };
    for (const [name, value] of Object.entries(typed)) await maya.locator(`[name=${name}]`).fill(value);
    await click(maya.locator('button[name=action][value=submit]'));
    await maya.waitForURL((url) => url.origin === install.base);
    await until('Stripe’s check', async () => {
      if (/Customers can pay online/.test(await textOf(maya.locator('main')))) return true;
      await press(maya, 'Refresh status');
      return false;
    });
  });

  await step('and adds a customer', async () => {
    await goTo(maya, 'Customers');
    await click(maya.getByRole('link', { name: 'New customer' }));
    await maya.getByLabel('Name', { exact: true }).fill('Owen Fairchild');
    await maya.getByLabel(/^Email/).fill('owen@fairchild.example');
    await press(maya, 'Add customer');
    await maya.getByRole('heading', { level: 1, name: 'Owen Fairchild' }).waitFor();
  });

  const owen = await somebody(t, { width: 360, height: 740 });

  await step('a quote is sent, and the customer accepts it', async () => {
    await click(maya.getByRole('link', { name: 'New quote' }).first());
    await maya.getByLabel(/^Title/).fill('Water heater');
    await line(maya, '50-gallon water heater, installed', '1,450.00');
    assert.equal(await textOf(maya.locator('[data-sum=total]').first()), '$1,450.00', 'the total moves as she types');
    await press(maya, 'Review and send');
    await pressInDialog(maya, /^Send \$1,450\.00/);
    await toast(maya).waitFor();
    const mail = await install.mailed('owen@fairchild.example', /quote/i);
    const link = /http:\/\/\S+\/q\/[A-Za-z0-9_-]{43}/.exec(mail.text)[0];
    await owen.goto(link);
    await owen.getByLabel('Your name').fill('Owen Fairchild');
    await press(owen, 'Accept this quote');
    assert.match(await textOf(owen.locator('main')), /Accepted by Owen Fairchild/);
    await install.mailed('maya@hartley.example', /accepted your quote of \$1,450\.00/);
  });

  let number;
  await step('it becomes an invoice, which is sent', async () => {
    await goTo(maya, 'Home');
    await click(maya.getByRole('link', { name: /Owen Fairchild accepted/ }));
    await press(maya, 'Turn into an invoice');
    await click(maya.getByRole('link', { name: /Review and send/ }));
    await pressInDialog(maya, 'Send invoice');
    await toast(maya).waitFor();
    number = await textOf(maya.getByRole('heading', { level: 1 }));
    assert.match(number, /^INV-\d+$/);
    await install.mailed('owen@fairchild.example', new RegExp(number));
  });

  let portal;
  await step('the owner generates the portal link', async () => {
    await click(maya.getByRole('link', { name: 'Owen Fairchild' }).first());
    await click(portalAccess(maya).getByRole('button', { name: 'Generate portal link' }));
    portal = await shownLink(maya);
    await click(dialog(maya).getByRole('link', { name: /copied it, close/ }));
    assert.equal(await textOf(accessBadge(maya)), 'Active');
  });
  const customerPage = maya.url();

  await step('office staff see Active and no button', async () => {
    await goTo(maya, 'Settings');
    await click(maya.getByRole('link', { name: 'Team' }));
    await maya.getByLabel('Email', { exact: true }).fill('sam@hartley.example');
    await click(maya.getByRole('button', { name: /^(Send|Invite)/ }));
    await toast(maya).waitFor();
    const mail = await install.mailed('sam@hartley.example', /Hartley Plumbing/);
    const sam = await somebody(t);
    await sam.goto(/http:\/\/\S+\/invitations?\/\S+/.exec(mail.text)[0]);
    await fill(sam, { 'Your name': 'Sam Boyd', 'Choose a password': password });
    await press(sam, 'Join the team');
    await sam.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    await sam.goto(customerPage);
    assert.equal(await textOf(accessBadge(sam)), 'Active');
    assert.equal(await portalAccess(sam).locator('button, a.button').count(), 0);
    assert.match(await textOf(portalAccess(sam)), /Only the owner.*Maya Hartley/);
  });

  await step('the customer opens it and pays', async () => {
    await owen.goto(portal);
    await click(owen.getByRole('link', { name: new RegExp(number) }).first());
    await payNow(owen).click();
    await onCheckout(owen);
    await payWith(owen, cards.pays);
    await owen.waitForURL((url) => url.origin === install.base);
    await owen.getByText(/^Paid on/).first().waitFor();
  });

  await step('the owner sees the money on Home and the moment on the timeline', async () => {
    await goTo(maya, 'Home');
    assert.match(await textOf(maya.locator('section.strip')), /\$1,450\.00/);
    await maya.goto(customerPage);
    assert.match(await textOf(maya.locator('ol.timeline')), new RegExp(`Paid \\$1,450\\.00 by Visa •••• 4242 for ${number}`));
  });

  await step('she rotates the link, and the old one is dead', async () => {
    await click(portalAccess(maya).getByRole('link', { name: /^Rotate/ }));
    await pressInDialog(maya, 'Rotate portal link');
    const fresh = await shownLink(maya);
    assert.notEqual(fresh, portal);
    const dead = await fetch(portal);
    assert.equal(dead.status, 404);
    assert.match(await dead.text(), /Page not found/);
    assert.equal((await fetch(fresh)).status, 200);
  });
});
