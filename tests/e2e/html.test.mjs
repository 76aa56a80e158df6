// The markup of every page, by the Nu Html Checker (npm vnu-jar, needs Java). Warnings fail too.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { startDemo } from './lib/demo.mjs';
import { mailed, turnOffLink } from './lib/mailbox.mjs';
import { attestedPlan, planInvoice } from './lib/plan.mjs';
import { cards } from './lib/page.mjs';

const jar = join(dirname(createRequire(import.meta.url).resolve('vnu-jar/package.json')), 'build', 'dist', 'vnu.jar');

let demo;
let folder;
before(async () => {
  demo = await startDemo();
  folder = await mkdtemp(join(tmpdir(), 'zoop-html-'));
}, { timeout: 120_000 });
after(async () => {
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
});

const check = (files) => new Promise((resolve, reject) => {
  const options = { maxBuffer: 64 << 20 };
  execFile('java', ['-Xss4m', '-jar', jar, '--Werror', '--format', 'json', '--stdout', ...files], options, (error, stdout, stderr) => {
    try { resolve(JSON.parse(stdout).messages); } catch { reject(new Error(`${error?.message}\n${stdout}${stderr}`)); }
  });
});

// What a browser without script does, by hand.
const post = (url, fields) => fetch(url, {
  method: 'POST',
  body: new URLSearchParams(fields),
  redirect: 'manual',
  headers: { 'sec-fetch-site': 'same-origin' },
});
const sentOn = async (url, fields = {}) => {
  const reply = await post(url, fields);
  assert.equal(reply.status, 303, `${url} redirects`);
  return new URL(reply.headers.get('location'), url).href;
};

// The hosted checkout page of an invoice.
const checkoutOf = async (url) => {
  const page = await (await fetch(url)).text();
  const [, action] = /<form[^>]*class="pay"[^>]*action="([^"]+)"/.exec(page);
  const [, amount] = /name="amount" value="(\d+)"/.exec(page);
  return sentOn(new URL(action, url), { amount });
};

const typed = { number: cards.asksEachTime, exp: '12/39', cvc: '123', holder: 'Dana Whitfield', zip: '78745' };

// Pages on the way to a card on file whose bank asks, and to an invoice that is paid with it.
const throughTheBank = async () => {
  const setup = await sentOn(`${demo.portal}/payment-methods`);
  const challenge = await sentOn(setup, typed);
  const asked = await (await fetch(challenge)).text();
  const wayBack = await sentOn(challenge, { outcome: 'complete' });
  const back = await (await fetch(wayBack)).text();
  const portal = await (await fetch(demo.portal)).text();
  const [, method] = /value="(pmt_[a-z0-9]+)"(?:(?!<li)[^])*?3184/.exec(portal);
  const invoice = await planInvoice(demo, 'Gravel path');
  const bank = await post(`${invoice.url}/pay`, { amount: invoice.amount, with: method });
  const open = await (await fetch(invoice.url)).text();
  const changed = await post(`${invoice.url}/pay`, { amount: invoice.amount + 1, auto_pay: 'yes' });
  return {
    'card-setup': await (await fetch(await sentOn(`${demo.portal}/payment-methods`))).text(),
    'card-setup-refused': await (await post(await sentOn(`${demo.portal}/payment-methods`), { ...typed, number: '1' })).text(),
    challenge: asked,
    'way-back-card': back,
    'saved-card': open,
    'balance-changed': await changed.text(),
    bank: await bank.text(),
  };
};

// What the link of a mail opens, before and after the portal link was replaced, and when it is over.
const byMailLink = async () => {
  const portal = await (await fetch(demo.portal)).text();
  const [, method] = /value="(pmt_[a-z0-9]+)" checked/.exec(portal);
  const { consent } = await attestedPlan(demo, 'Rock garden', method);
  const link = turnOffLink(await mailed(demo, /^Auto-pay is on for Rock garden$/));
  const [secret] = link.split('?');
  const read = async (url) => (await fetch(url)).text();
  const pages = { 'mail-link': await read(link) };
  const { code, stderr } = await demo.cli('portal-link', 'rotate', '--customer', demo.customer);
  assert.equal(code, 0, stderr);
  pages['one-consent-dialog'] = await read(link);
  pages['one-consent'] = await read(secret);
  await sentOn(`${secret}/consents/${consent}/turn-off`);
  pages.ended = await read(link);
  return pages;
};

test('the checker itself finds a fault', async () => {
  const file = join(folder, 'bad.html');
  await writeFile(file, '<!doctype html><html lang="en"><title>x</title><p><div></p><a></div>');
  assert.ok((await check([file])).length > 0);
});

test('every page is valid HTML', async () => {
  const pages = {
    portal: demo.portal,
    ...demo.invoices,
    ...Object.fromEntries(Object.entries(demo.pay_block).map(([name, url]) => [`pay-${name}`, url])),
    receipt: `${demo.invoices.paid}/receipt`,
    'receipt-refunded': `${demo.invoices.refunded}/receipt`,
    'not-found': demo.revoked_portal,
    checkout: await checkoutOf(demo.pay_block.online),
    mailbox: demo.mailbox,
    sandbox: demo.stripe,
  };
  for (const said of ['default', 'card-saved', 'card-pending', 'card-not-saved', 'card-not-changed', 'gone', 'no-cards', 'unavailable']) {
    pages[`notice-${said}`] = `${demo.portal}?notice=${said}`;
  }
  for (const kind of ['Invoice INV-', 'Receipt from', 'Auto-pay is on for', 'Refund of']) {
    pages[`letter-${kind.split(' ')[0]}`] = `${demo.mailbox}/${(await mailed(demo, new RegExp(`^${kind}`))).id}`;
  }
  const portal = await (await fetch(demo.portal)).text();
  for (const [at, [, href]] of [...portal.matchAll(/<a[^>]*href="([^"]+)"[^>]*data-dialog/g)].entries()) {
    pages[`dialog-${at}`] = new URL(href.replaceAll('&amp;', '&'), demo.base).href;
  }
  const files = [];
  for (const [name, url] of Object.entries(pages)) {
    const reply = await fetch(url);
    assert.equal(reply.status, name === 'not-found' ? 404 : 200, `${name}: ${url}`);
    const file = join(folder, `${name}.html`);
    await writeFile(file, await reply.text());
    files.push(file);
  }
  // These come last: they change what the ones above show.
  const further = { ...await throughTheBank(), ...await byMailLink() };
  const marks = {
    'card-setup-refused': 'aria-invalid', challenge: 'Is it you?', 'way-back-card': 'Card saved', 'saved-card': 'Pay another way',
    'balance-changed': 'The balance changed', bank: 'Continue to your bank', 'mail-link': '<dialog', 'one-consent-dialog': '<dialog',
    'one-consent': 'is on</h1>', ended: 'is off since',
  };
  for (const [name, mark] of Object.entries(marks)) assert.ok(further[name].includes(mark), `${name} is the page that was meant`);
  for (const [name, html] of Object.entries(further)) {
    const file = join(folder, `${name}.html`);
    await writeFile(file, html);
    files.push(file);
  }
  const messages = (await check(files)).map(({ url, type, lastLine, message, extract }) =>
    `${url.split('/').at(-1)}:${lastLine} ${type}: ${message}\n    ${extract?.trim()}`);
  assert.deepEqual(messages, []);
});
