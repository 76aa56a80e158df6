// Every page of the owner's application that can be reached by links, as its owner and as office staff: WCAG 2.2 AA, light and
// dark, wide and narrow, nothing to scroll sideways, no script needed to read it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from './lib/suite.mjs';
import { assertAccessible, assertFits } from './lib/axe.mjs';
import { crawl, kindOf, signIn } from './lib/office.mjs';

const here = suite();

const everywhere = async (page, where) => {
  for (const [width, colorScheme] of [[1280, 'light'], [360, 'dark']]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await assertAccessible(page, `${where}, ${width} px, ${colorScheme}`);
  }
  for (const width of [320, 700, 1024]) {
    await page.setViewportSize({ width, height: 740 });
    await assertFits(page, `${where}, ${width} px`);
  }
  const { h1, primary, title } = await page.evaluate(() => ({
    h1: document.querySelectorAll('h1').length,
    primary: (document.querySelector('dialog[open]') ?? document).querySelectorAll('.button.primary').length,
    title: document.title,
  }));
  assert.equal(h1, 1, `${where}: one heading`);
  assert.ok(primary <= 1, `${where}: ${primary} main buttons`);
  assert.ok(title.length > 3, where);
};

for (const [role, who] of [['owner', 'owner'], ['office staff', 'staff']]) {
  test(`every page that links lead to, for ${role}`, { timeout: 600_000 }, async (t) => {
    const page = await here.open(t);
    await signIn(page, here.demo, here.demo.office[who]);
    const pages = await crawl(page, here.demo);
    assert.ok(pages.length >= 15, `only ${pages.length} pages: ${pages.map(kindOf)}`);
    for (const url of pages) {
      await page.goto(url);
      await everywhere(page, kindOf(url));
    }
  });
}
