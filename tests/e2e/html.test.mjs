// The markup of every page, by the Nu Html Checker (npm vnu-jar, needs Java). Warnings fail too.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { startDemo } from './lib/demo.mjs';

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

// The hosted checkout page of an invoice: what a browser without script does, by hand.
const checkoutOf = async (url) => {
  const page = await (await fetch(url)).text();
  const [, action] = /<form[^>]*class="pay"[^>]*action="([^"]+)"/.exec(page) ?? /<form[^>]*action="([^"]+)"[^>]*class="pay"/.exec(page);
  const [, amount] = /name="amount" value="(\d+)"/.exec(page);
  const reply = await fetch(new URL(action.replaceAll('&amp;', '&'), url), {
    method: 'POST',
    body: new URLSearchParams({ amount }),
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  assert.equal(reply.status, 303, 'Pay now redirects');
  return reply.headers.get('location');
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
  };
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
  const messages = (await check(files)).map(({ url, type, lastLine, message, extract }) =>
    `${url.split('/').at(-1)}:${lastLine} ${type}: ${message}\n    ${extract?.trim()}`);
  assert.deepEqual(messages, []);
});
