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
};

/** The hosted Checkout page's button. */
export const checkoutPay = (page) => page.getByRole('button', { name: /^Pay \$/ });

export const onCheckout = async (page) => {
  await page.getByLabel('Card number').waitFor();
};

const soon = () => `12/${String((new Date().getFullYear() + 3) % 100).padStart(2, '0')}`;

/** Types a card into the hosted Checkout page. */
export const fillCard = async (page, number) => {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expiry, MM/YY').fill(soon());
  await page.getByLabel('CVC').fill('123');
  await page.getByLabel('Name on card').fill('Dana Whitfield');
  await page.getByLabel('ZIP code').fill('78745');
};

/** From the invoice page to Checkout. */
export const startPaying = async (page, { save = false } = {}) => {
  if (save) await page.getByLabel(/^Save card for future invoices/).check();
  await payNow(page).click();
  await onCheckout(page);
};

/** On Checkout: types the card and pays. */
export const payWith = async (page, number) => {
  await fillCard(page, number);
  await checkoutPay(page).click();
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
