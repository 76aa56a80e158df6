// The owner's application, for locators and journeys: the words of the reference design.
import assert from 'node:assert/strict';
import { idOf } from './page.mjs';
import { until } from './until.mjs';

/** Types address and password and signs in; ends on Home. */
export const signIn = async (page, demo, who = demo.office.owner) => {
  await page.goto(`${demo.base}/sign-in`);
  await page.getByLabel('Email').fill(who.email);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
};

/** The card that says how the customer gets in. */
export const portalAccess = (page) => page.locator('section.portal');

/** The badge of that card: "Active", "No link", "Revoked". */
export const accessBadge = (page) => portalAccess(page).locator('header .badge');

/** The one line about what was just done. */
export const toast = (page) => page.locator('.toast');

/** The open dialog. */
export const dialog = (page) => page.getByRole('dialog');

/** Waits for the dialog, and for the script that gives it its keys. */
export const asked = async (page) => {
  await dialog(page).waitFor();
  await page.waitForLoadState();
};

/** The URL that the dialog shows once. */
export const shownLink = async (page) => {
  const box = dialog(page).locator('textarea[readonly]');
  const link = await box.inputValue();
  assert.match(link, /^https?:\/\/[^/]+\/p\/[A-Za-z0-9_-]{43}$/);
  return link;
};

/** Clicks and waits for the whole page that this leads to, so that what is counted or measured next is all of it. */
export const click = async (target) => {
  await target.click();
  await target.page().waitForLoadState();
};

/** Presses a button. */
export const press = (page, name) => click(page.getByRole('button', { name }));

/** Presses a button of the open dialog. */
export const pressInDialog = (page, name) => click(dialog(page).getByRole('button', { name }));

/** Follows a link. */
export const follow = (page, name) => click(page.getByRole('link', { name }));

/** Follows a link of the menu "More actions". */
export const fromMenu = async (page, name) => {
  await page.locator('summary[aria-label="More actions"]').click();
  await follow(page, name);
};

/** Another customer opens a fresh link, and what was seen until then is written down together with it. */
export const visitsAreWritten = async (here, t) => {
  const page = await here.open(t);
  await signIn(page, here.demo);
  await page.goto(`${here.demo.base}/office/customers`);
  const customer = idOf(await page.getByRole('link', { name: 'Tom Becker' }).first().evaluate((link) => link.href));
  const portalLink = (verb) => here.demo.cli('portal-link', verb, '--customer', customer);
  const isLive = /^active/.test((await portalLink('status')).stdout);
  const { stdout } = await portalLink(isLive ? 'rotate' : 'generate');
  await page.goto(stdout.trim());
  await until('the other customer’s visit', async () => !/last seen never/.test((await portalLink('status')).stdout));
  await page.close();
};

/** What a path looks like without its ids, so that pages of a kind count once. */
export const kindOf = (url) => {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.replace(/\/[a-z]{3}_[0-9a-z]{26}(?=\/|$)/g, '/{id}');
  const asked = [...searchParams.keys()].sort();
  const tab = searchParams.get('tab');
  return `${path}${asked.length ? `?${asked.map((name) => (name === 'tab' ? `tab=${tab}` : name)).join('&')}` : ''}`;
};

/** Every page of the application that links lead to, one a kind, beginning at Home: their URLs. */
export const crawl = async (page, demo) => {
  const seen = new Map([['/office', `${demo.base}/office`]]);
  const queue = [seen.get('/office')];
  while (queue.length > 0) {
    const url = queue.shift();
    const reply = await page.goto(url);
    assert.ok(reply.status() < 400, `${url}: ${reply.status()}`);
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((link) => link.href));
    for (const link of links) {
      const { origin, pathname } = new URL(link);
      const isPage = origin === demo.base && /^\/office(\/|$)/.test(pathname) && !/\.(csv|json|pdf)$|\/(export|evidence)(\.|\/|$)/.test(pathname);
      const kind = kindOf(link);
      if (!isPage || seen.has(kind)) continue;
      seen.set(kind, link.split('#')[0]);
      queue.push(link.split('#')[0]);
    }
  }
  return [...seen.values()];
};
