// What the pages are made of, for locators: the words and classes of the reference design.
import assert from 'node:assert/strict';

/** "$1,204.77" → 120477. Whole numbers only: money is never a fraction here either. */
export const cents = (text) => {
  const found = /(-|−)?\$\s*([\d,]+)\.(\d\d)(?!\d)/.exec(text);
  assert.ok(found, `no amount in "${text}"`);
  return (found[1] ? -1 : 1) * Number(found[2].replaceAll(',', '') + found[3]);
};

/** The last part of an invoice's URL in the portal is its id. */
export const idOf = (url) => new URL(url).pathname.split('/').at(-1);

/** "Aug 14, 2026". */
export const date = /[A-Z][a-z]{2} \d{1,2}, \d{4}/;

/** Reads "Visa •••• 4242", with or without the words for a screen reader. */
export const masked = (brand, last4) => new RegExp(`${brand}\\s*••••\\s*(ending in\\s*)?${last4}`);

/** All white space of a text as one blank. */
export const plain = (text) => text.replace(/\s+/g, ' ').trim();

export const textOf = async (locator) => plain(await locator.textContent());

/** A section of the portal by its heading. */
export const section = (page, heading) =>
  page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: heading, exact: true }) });

/** The banner's title. */
export const bannerTitle = (page) => page.locator('.banner .banner-title');

const rowsOf = (page, selector) => page.locator(selector).evaluateAll((rows) => rows.map((row) => ({
  url: row.href,
  number: row.querySelector('.row-name')?.textContent.trim(),
  date: row.querySelector('time')?.getAttribute('datetime'),
  total: row.querySelector('.row-total')?.textContent.trim(),
  status: row.querySelector('.status')?.textContent.trim(),
  owed: row.querySelector('.row-owed')?.textContent.trim() ?? null,
})));

/** The rows of Past invoices, newest first; `older` gives those below the sub-heading instead. */
export const invoiceRows = (page, { older = false } = {}) =>
  rowsOf(page, older ? '#invoices .subhead ~ ul.ledger a.row' : '#invoices .ledger:not(.subhead ~ .ledger) a.row');

/** All invoices that can be paid now, by their status in the portal's lists. */
export const unpaid = async (page) => {
  const rows = [...await invoiceRows(page), ...await invoiceRows(page, { older: true })];
  return rows.filter(({ status }) => /^(Due|Overdue|Past due|Payment didn.t go through|Payment returned)/.test(status));
};

/** The button that leads to Checkout: with a saved card on offer it is "Pay another way". */
export const payNow = (page) => page.locator('form.pay').getByRole('button', { name: /^(Pay now|Pay another way)$/ });

export const cards = {
  pays: '4242 4242 4242 4242',
  mastercard: '5555 5555 5555 4444',
  declined: '4000 0000 0000 0002',
  noMoney: '4000 0000 0000 9995',
  asksOnce: '4000 0025 0000 3155',
  asksEachTime: '4000 0027 6000 3184',
  debit: '4000 0566 5566 5556',
  mastercardDebit: '5200 8282 8282 8210',
  diners: '3056 9300 0902 0004',
  jcb: '3566 0020 2036 0505',
  unionpay: '6200 0000 0000 0005',
};

/** "4242", of a card above. */
export const last4 = (card) => card.slice(-4);

/** The hosted Checkout page's button. */
export const checkoutPay = (page) => page.getByRole('button', { name: /^Pay \$/ });

export const onCheckout = async (page) => {
  await page.getByLabel('Card number').waitFor();
};

/** A card's expiry some years from now: "12/29". */
export const soon = () => `12/${String((new Date().getFullYear() + 3) % 100).padStart(2, '0')}`;

/** Types a card into the hosted Checkout page. */
export const fillCard = async (page, number) => {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expiry, MM/YY').fill(soon());
  await page.getByLabel('CVC').fill('123');
  await page.getByLabel('Name on card').fill('Dana Whitfield');
  await page.getByLabel('ZIP code').fill('78745');
};

export const saveBox = (page) => page.getByLabel(/^Save card for future invoices/);
export const autoPayBox = (page) => page.getByLabel(/^Auto-pay future invoices for /);

/** The button that pays at once with a card on file. */
export const payWithSaved = (page, ending) =>
  page.getByRole('button', { name: new RegExp(`^Pay \\$[\\d,.]+ with .+ ${ending}$`) });

/** From the invoice page to Checkout. */
export const startPaying = async (page, { save = false, autoPay = false } = {}) => {
  if (save) await saveBox(page).check();
  if (autoPay) await autoPayBox(page).check();
  await payNow(page).click();
  await onCheckout(page);
};

/** On Checkout: types the card and pays. */
export const payWith = async (page, number) => {
  await fillCard(page, number);
  await checkoutPay(page).click();
};

/** A saved method's row in the portal. */
export const methodRow = (page, ending) =>
  section(page, 'Saved payment methods').locator('li.method').filter({ has: page.locator('.method-name', { hasText: ending }) });

/** The id of the saved card here, as its row has it. */
export const methodId = (page, ending) => methodRow(page, ending).getByRole('radio').getAttribute('value');

/** A plan's row under Auto-pay. */
export const consentRow = (page, plan) =>
  section(page, 'Auto-pay').locator('li.consent').filter({ has: page.getByRole('heading', { level: 3, name: plan, exact: true }) });

/** What the portal says of the last step, in the section it was about. */
export const noticeIn = (page, heading) => section(page, heading).locator('.notice');

/** Follows a link that asks something, and gives the dialog: over the page, and its title read first. */
export const ask = async (page, link) => {
  await link.click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.waitForLoadState();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'dialog-title', 'the focus starts on the question');
  return dialog;
};

/** From the portal to the page where a card is typed. */
export const startAdding = async (page) => {
  await page.getByRole('button', { name: 'Add a card' }).click();
  await onCheckout(page);
};

/** There: types the card and saves it. */
export const saveCard = async (page, number) => {
  await fillCard(page, number);
  await page.getByRole('button', { name: 'Save card' }).click();
};

/** Waits until the browser is back in the portal. */
export const backInPortal = async (page, demo) => {
  await page.waitForURL((url) => `${url.origin}${url.pathname}` === demo.portal);
};

/** A card on file, however it got there. */
export const haveCard = async (page, demo, number, { atBank } = {}) => {
  await page.goto(demo.portal);
  if (await methodRow(page, last4(number)).count() > 0) return;
  await startAdding(page);
  await saveCard(page, number);
  await atBank?.();
  await backInPortal(page, demo);
};

/** Waits until the browser is back on the invoice's own page. */
export const backOnInvoice = async (page, invoice) => {
  const { origin, pathname } = new URL(invoice.url);
  await page.waitForURL((url) => url.origin === origin && url.pathname === pathname);
};

export const assertPaid = async (page) => {
  await bannerTitle(page).filter({ hasText: /^Paid on/ }).waitFor();
  assert.match(await textOf(bannerTitle(page)), new RegExp(`^Paid on ${date.source}$`));
  assert.equal(await page.getByRole('button', { name: /^Pay/ }).count(), 0, 'a paid invoice offers no payment');
};
