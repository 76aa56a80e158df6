// A file of customers: wrong at first, mended, looked at, taken over; with script and without, at a desk and on a phone.
// And what an owner takes away.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { assertAccessible, assertFits } from './lib/axe.mjs';
import { click, signIn, toast } from './lib/office.mjs';
import { textOf } from './lib/page.mjs';

const here = suite();

const choose = async (page, text, name = 'customers.csv') => {
  await page.getByLabel('CSV file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await click(page.getByRole('button', { name: 'Check file' }));
};

// What looks at a page is script itself.
const looked = async (page, where, js = true) => {
  if (js) await assertAccessible(page, where);
  await assertFits(page, where);
};

for (const [how, options, tag] of [
  ['at a desk', {}, 'Desk'],
  ['without script, on a phone, in the dark', { js: false, width: 360, height: 740, dark: true }, 'Phone'],
]) {
  test(`customers come in from a file, ${how}`, async (t) => {
    const page = await here.open(t, undefined, options);
    await signIn(page, here.demo, here.demo.office.staff);
    await page.goto(`${here.demo.base}/office/customers`);
    await click(page.getByRole('link', { name: 'Import', exact: true }));
    await page.getByRole('heading', { level: 1, name: 'Import customers' }).waitFor();
    await looked(page, 'a file is chosen', options.js);
    await choose(page, 'PK\u0003\u0004');
    assert.match(await textOf(page.getByRole('alert')), /Excel workbook/);
    const rows = (email) => `Name;E-Mail;Phone;City;ZIP;Shoe size\n${tag} Ana;${email};(512) 555-0100;Austin;78702;38\n`
      + `${tag} Zoë;;;;;\n"=1+1 ${tag}";;+44 20 7946 0991;;;\n`;
    await choose(page, rows('ana at x'));
    assert.match(await textOf(page.getByRole('alert')), /Nothing was imported.*One row must be put right/);
    assert.match(await textOf(page.getByRole('region', { name: /To put right/ })), /Line 2.*no email address/);
    assert.match(await page.title(), /^Error:/);
    await looked(page, 'rows to put right', options.js);
    await choose(page, rows(`ana@${tag.toLowerCase()}.example`));
    await page.getByRole('heading', { name: '3 customers can come in' }).waitFor();
    assert.match(await textOf(page.locator('main')), new RegExp(`Shoe size.*${tag} Ana.*Austin, 78702`));
    await looked(page, 'as they would come in', options.js);
    const preview = page.url();
    await click(page.getByRole('button', { name: 'Import 3 customers' }));
    await toast(page).waitFor();
    assert.match(await textOf(toast(page)), /3 customers were imported from customers\.csv/);
    assert.match(page.url(), /\/office\/customers$/);
    await page.goto(preview);
    assert.match(await textOf(page.locator('main')), /Imported customers.*3 customers were imported/);
    assert.equal(await page.getByRole('button', { name: /^Import/ }).count(), 0, 'it comes in once');
    await looked(page, 'what became of it', options.js);
    await page.goto(`${here.demo.base}/office/customers?q=${tag}+Ana`);
    await click(page.getByRole('link', { name: `${tag} Ana` }));
    assert.match(await textOf(page.locator('.timeline')), /Customer imported by/);
  });
}

test('an owner takes customers and everything away', async (t) => {
  const page = await here.open(t);
  await signIn(page, here.demo);
  await page.goto(`${here.demo.base}/office/settings/data`);
  await page.getByRole('heading', { level: 2, name: 'Export' }).waitFor();
  await looked(page, 'import and export');
  const download = async (name) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
    return [file.suggestedFilename(), await readFile(await file.path(), 'utf8')];
  };
  const [csvName, csv] = await download('CSV of customers');
  assert.match(csvName, /^customers-\d{4}-\d\d-\d\d\.csv$/);
  assert.ok(csv.startsWith('\ufeffid,kind,name,contact,email,phone,address,'));
  assert.match(csv, /Dana Whitfield/);
  const [jsonName, json] = await download('JSON of everything');
  assert.match(jsonName, /^everything-.*\.json$/);
  const all = JSON.parse(json);
  assert.ok(all.customers.some(({ name }) => name === 'Dana Whitfield') && all.invoices.length > 10 && all.audit.length > 1);
  const [, token] = here.demo.portal.split('/p/');
  assert.ok(!json.includes(token) && !/password|token/.test(Object.keys(all).join()));
  await page.goto(`${here.demo.base}/office/settings/audit`);
  assert.match(await textOf(page.locator('main')), /exported data: everything.*exported data: customers/);
});
