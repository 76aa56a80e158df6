// Accessibility by axe-core, WCAG 2.2 AA. What axe can't decide is read as well and fails too, unless it is named here.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

// Left to the eye: axe can't measure text on a gradient (the band of the test checkout is dark on light yellow)
// or over an element that is drawn translucent (what lies behind an open dialog), nor an arrow that stands for "to".
const leftToTheEye = [
  { rule: 'color-contrast', message: /background gradient/, page: /^(checkout|the bank asks|sandbox)/ },
  { rule: 'color-contrast', message: /only non-text characters/, page: /^mailbox/ },
  { rule: 'color-contrast', message: /gradient|pseudo|overlap|obscured/i, page: /dialog/ },
  // Of the office: arrows of selects are gradients, counts are one digit, strips of tabs reach beyond the edge, a
  // preview is a drawing, and a field may be empty.
  { rule: 'color-contrast', message: /gradient|too short|no value|overlap|obscured|viewport|background image|pseudo element/i, page: /^\/office/ },
];

/** Fails on each thing axe finds on the page as it is now. It needs a page whose scripts run. */
export const assertAccessible = async (page, where) => {
  await page.waitForLoadState();
  // addScriptTag would break on the page's own Content-Security-Policy.
  await page.evaluate(source);
  const { violations, incomplete } = await page.evaluate((values) => globalThis.axe.run(document, {
    runOnly: { type: 'tag', values },
    rules: { 'target-size': { enabled: true } },
    resultTypes: ['violations', 'incomplete'],
    // The only frame of ours holds a mail, which is looked at alone.
    iframes: false,
  }), tags);
  const told = (kind, results) => results.flatMap(({ id, nodes }) => nodes.map((node) => {
    const target = node.target.flat().join(' ');
    const message = [...node.any, ...node.all, ...node.none].map((check) => check.message).join('; ');
    return { kind, id, target, message, html: node.html.slice(0, 160) };
  }));
  const found = [
    ...told('violation', violations),
    ...told('undecided', incomplete).filter(({ id, message }) => !leftToTheEye.some((known) =>
      known.rule === id && known.message.test(message) && known.page.test(where))),
  ];
  assert.deepEqual(found, [], `axe on ${where}`);
};

/** Fails when the page can be scrolled sideways. */
export const assertFits = async (page, where) => {
  await page.waitForLoadState();
  const { scroll, client, culprits } = await page.evaluate(() => {
    const root = document.documentElement;
    const width = root.clientWidth;
    const out = root.scrollWidth > width
      ? [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > width + 1)
        .slice(0, 5).map((element) => `${element.tagName}.${element.className}`)
      : [];
    return { scroll: root.scrollWidth, client: width, culprits: out };
  });
  assert.ok(scroll <= client, `${where}: ${scroll} px wide in ${client} px (${culprits.join(', ')})`);
};
