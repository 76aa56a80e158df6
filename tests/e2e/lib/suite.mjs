// One browser and one demo for a test file, and pages that watch themselves: whatever a page logs as an error,
// asks of a stranger or lets slip of a secret fails the test that opened it.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { startDemo } from './demo.mjs';
import { cents, idOf, unpaid } from './page.mjs';

const flags = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

const isSecret = (url) => /\/[piq]\/[A-Za-z0-9_-]{16,}/.test(url);

const watch = (context, demo, problems) => {
  const ours = new Set([demo.base, demo.stripe, demo.mailbox]);
  const refused = new Set();
  context.on('request', (request) => {
    const url = request.url();
    if (url.startsWith('about:')) return;
    const { origin } = new URL(url);
    if (!ours.has(origin)) problems.push(`a request left for ${origin}: ${url.slice(0, 120)}`);
    if (origin !== demo.base) {
      if (isSecret(url)) problems.push(`a secret link is in a request to ${origin}`);
      if (isSecret(request.headers().referer ?? '')) problems.push(`a secret link is the referer of a request to ${origin}`);
    }
  });
  context.on('response', (response) => {
    const status = response.status();
    if (status < 400) return;
    const document = response.request().resourceType() === 'document';
    if (document) refused.add(response.url());
    if (status >= 500 || !document) problems.push(`${status} for ${response.url()}`);
  });
  context.on('requestfailed', (request) => {
    // A second click ends the first one's request; that is what it is for.
    const why = request.failure()?.errorText ?? '';
    if (why !== 'net::ERR_ABORTED') problems.push(`${why} for ${request.url()}`);
  });
  context.on('console', (message) => {
    const text = message.text();
    // Nothing runs in the frame of a mail, so neither does what looks at it from here.
    if (text.startsWith(`Blocked script execution in '${demo.mailbox}/`)) return;
    const ofDocument = text.startsWith('Failed to load resource') && refused.has(message.location().url);
    if ((message.type() === 'error' && !ofDocument) || /Content.Security.Policy|Refused to/i.test(text)) {
      problems.push(`console: ${text} (${message.location().url})`);
    }
  });
  context.on('weberror', (error) => problems.push(`script: ${error.error().message}`));
};

const keep = async (name, page) => {
  const folder = process.env.ZOOP_E2E_ARTIFACTS;
  if (!folder || page.isClosed()) return;
  await mkdir(folder, { recursive: true });
  const file = join(folder, name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 100));
  await page.screenshot({ path: `${file}.png`, fullPage: true }).catch(() => {});
  await writeFile(`${file}.html`, await page.content().catch(() => ''));
};

/** Call once at the top of a test file. With `demo: false` the file starts what it looks at itself. */
export const suite = ({ demo: wanted = true } = {}) => {
  let browser;
  let main;
  const demos = [];
  const free = [];

  const another = async () => {
    const demo = await startDemo();
    demos.push(demo);
    // The charges of its history, which no test made.
    demo.history = new Set((await demo.ledger()).map(({ charge }) => charge));
    return demo;
  };

  before(async () => {
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: process.getuid?.() === 0 ? [...flags, '--no-sandbox'] : flags,
    });
    if (wanted) main = await another();
  }, { timeout: 120_000 });

  after(async () => {
    await browser?.close();
    const ends = await Promise.allSettled(demos.map((demo) => demo.stop()));
    const bad = ends.find((end) => end.status === 'rejected');
    if (bad) throw bad.reason;
  });

  const here = {
    get demo() { return main; },
    get browser() { return browser; },

    /** A browser context of its own. The test fails at its end on anything the pages did wrong. */
    context: async (t, { demo = main, js = true, width = 1280, height = 900, dark = false, ...more } = {}) => {
      const context = await browser.newContext({
        javaScriptEnabled: js,
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
        locale: 'en-US',
        ...more,
      });
      context.setDefaultTimeout(60_000);
      const problems = [];
      watch(context, demo, problems);
      t.after(async () => {
        if (problems.length > 0 || !t.passed) {
          for (const [at, page] of context.pages().entries()) await keep(`${t.name} ${at}`, page);
        }
        await context.close();
        assert.deepEqual(problems, [], 'the pages did something wrong');
      });
      return context;
    },

    /** A page, at `url` if given. */
    open: async (t, url, options = {}) => {
      const page = await (await here.context(t, options)).newPage();
      if (url) await page.goto(url);
      return page;
    },

    /** An unpaid invoice that no other test of this file touches: its demo, URL in the portal, id and balance. */
    freshInvoice: async () => {
      if (free.length === 0) {
        const demo = demos.length === 1 && !demos[0].taken ? demos[0] : await another();
        demo.taken = true;
        const context = await browser.newContext({ javaScriptEnabled: false });
        const page = await context.newPage();
        await page.goto(demo.portal);
        // One that the bank returned has a charge already.
        const rows = (await unpaid(page)).filter(({ status }) => !status.startsWith('Payment returned'));
        assert.ok(rows.length > 0, 'the demo customer has no unpaid invoice');
        free.push(...rows.map((row) => ({ demo, url: row.url, number: row.number, id: idOf(row.url) })));
        await context.close();
      }
      const invoice = free.shift();
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(invoice.url);
      invoice.amountText = (await page.locator('.head .amount').innerText()).match(/\$[\d,.]+\d/)[0];
      invoice.amount = cents(invoice.amountText);
      await context.close();
      return invoice;
    },
  };
  return here;
};

/** Exactly one charge of the whole balance reached the ledger, and nothing went back. */
export const assertChargedOnce = async (invoice) => {
  const charges = await invoice.demo.ledger(invoice.id);
  assert.equal(charges.length, 1, `${invoice.number}: ${charges.length} charges`);
  const [charge] = charges;
  assert.equal(charge.amount, invoice.amount, 'the charge is the balance');
  assert.equal(charge.currency, 'usd');
  assert.equal(charge.refunded, 0);
  return charge;
};

/** No money moved for this invoice. */
export const assertNotCharged = async (invoice) => {
  assert.deepEqual(await invoice.demo.ledger(invoice.id), []);
};
