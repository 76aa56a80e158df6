// The portal link's life: made, shown once, replaced, cut off, made again. By the command line, beside the running demo.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { visitsAreWritten } from './lib/office.mjs';
import { textOf } from './lib/page.mjs';
import { until } from './lib/until.mjs';

const here = suite();
const link = /https?:\/\/[^\s"']+\/p\/[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g;

const portalLink = (verb) => {
  const id = here.demo.customer.split('/').at(-1);
  return here.demo.cli('portal-link', verb, '--customer', id);
};
const status = async () => {
  const reply = await portalLink('status');
  assert.equal(reply.code, 0, reply.stderr);
  return reply.stdout;
};
const shown = ({ code, stdout, stderr }) => {
  assert.equal(code, 0, stderr);
  const found = stdout.match(link) ?? [];
  assert.equal(found.length, 1, `the link is shown once: ${stdout}`);
  assert.ok(found[0].startsWith(here.demo.base), 'with the base URL of this install');
  assert.doesNotMatch(stderr, link, 'and in no log');
  return found[0];
};
const isActive = (text) => /active|live/i.test(text) && !/\b(no|not|none|in)[ -]?(an )?(active|live)/i.test(text);
// Each test brings its own live link, whatever the one before left.
const freshLink = async () => {
  const made = isActive(await status()) ? await portalLink('rotate') : await portalLink('generate');
  return shown(made);
};
const answer = async (url, init) => {
  const reply = await fetch(url, init);
  return { status: reply.status, body: await reply.text() };
};

const files = async (folder) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
};

test('s32 the link is shown once; only its hash is stored', async () => {
  const url = await freshLink();
  const token = url.split('/').at(-1);
  assert.doesNotMatch(await status(), link);
  assert.ok(!(await status()).includes(token.slice(0, 12)), 'the status tells no part of it');
  assert.equal((await answer(url)).status, 200);

  const bytes = Buffer.from(token, 'base64url');
  assert.equal(bytes.length, 32, '256 bits');
  const hashes = [token, bytes].flatMap((value) => {
    const hash = createHash('sha256').update(value).digest();
    return [hash, Buffer.from(hash.toString('hex')), Buffer.from(hash.toString('base64url'))];
  });
  let hashed = false;
  for (const file of await files(here.demo.data)) {
    const content = await readFile(file);
    for (const secret of [Buffer.from(token), bytes, Buffer.from(bytes.toString('hex'))]) {
      assert.ok(!content.includes(secret), `${file} holds the link`);
    }
    hashed ||= hashes.some((hash) => content.includes(hash));
  }
  assert.ok(hashed, 'the hash is stored');
  assert.ok(!here.demo.log().includes(token), 'the log of the server does not hold the link');
});

test('s32 generate does not silently replace a live link', async () => {
  const url = await freshLink();
  const again = await portalLink('generate');
  assert.notEqual(again.code, 0);
  assert.doesNotMatch(again.stdout + again.stderr, link);
  assert.equal((await answer(url)).status, 200);
});

test('s33 rotate: the new link opens the portal, the old one and all below it stop at once', async (t) => {
  const old = await freshLink();
  const page = await here.open(t, old);
  const invoice = await page.locator('#invoices a.row').first().getAttribute('href');
  assert.equal((await answer(new URL(invoice, old))).status, 200);

  const fresh = shown(await portalLink('rotate'));
  assert.notEqual(fresh, old);
  for (const url of [old, new URL(invoice, old)]) assert.equal((await answer(url)).status, 404, 'the very next request');
  await page.reload();
  assert.equal(await textOf(page.getByRole('heading', { level: 1 })), 'Page not found');
  await page.goto(fresh);
  await page.getByRole('heading', { level: 1, name: /, you owe$/ }).waitFor();
  assert.ok(isActive(await status()));
});

test('s34 revoke: page not found, word for word as for a link that never was; then a fresh one', async (t) => {
  const url = await freshLink();
  const page = await here.open(t, url);
  const business = await textOf(page.locator('.letterhead-name'));
  const invoice = await page.locator('#invoices a.row').first().getAttribute('href');

  const revoked = await portalLink('revoke');
  assert.equal(revoked.code, 0, revoked.stderr);
  const gone = await answer(url);
  assert.equal(gone.status, 404);
  const never = await answer(`${here.demo.base}/p/${Buffer.alloc(32, 7).toString('base64url')}`);
  for (const other of [never, await answer(new URL(invoice, url)), await answer(here.demo.revoked_portal)]) {
    assert.deepEqual(other, gone, 'nothing tells one from the other');
  }
  assert.ok(!gone.body.includes(business), 'it names nobody');
  await page.reload();
  assert.equal(await textOf(page.getByRole('heading', { level: 1 })), 'Page not found');
  assert.ok(!isActive(await status()));

  const fresh = shown(await portalLink('generate'));
  assert.equal((await answer(fresh)).status, 200);
  assert.equal((await answer(url)).status, 404, 'revoked for good');
});

test('s34 an invoice\'s own link outlives the portal link', async () => {
  await freshLink();
  const { pathname } = new URL(here.demo.pay_block.online);
  assert.match(pathname, /^\/i\//);
  await portalLink('revoke');
  assert.equal((await answer(here.demo.pay_block.online)).status, 200);
  await freshLink();
});

test('s35 last seen moves when the customer opens the portal, and not for a look at the link', async (t) => {
  const url = await freshLink();
  const seen = async () => /^.*last.?seen.*$/im.exec(await status())?.[0];
  const before = await seen();
  assert.ok(before, 'the status says when it was last seen');
  // What a messenger does with a pasted link is no visit.
  await fetch(url, { method: 'HEAD' });
  await fetch(url, { headers: { 'sec-purpose': 'prefetch' } });
  await fetch(url, { headers: { 'sec-fetch-dest': 'image' } });
  await fetch(url, { headers: { 'user-agent': 'WhatsApp/2.23.20.0' } });
  await visitsAreWritten(here, t);
  assert.equal(await seen(), before, 'a link preview is no visit');

  await here.open(t, url);
  await until('the visit', async () => await seen() !== before);
});
