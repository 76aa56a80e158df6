// Waiting for something that no page announces: looked at again and again until it is there.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

const patience = 60_000;
const lookAgain = 100;

/** What `look` gives once it gives something; fails with `what` if it never does. */
export const until = async (what, look) => {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) assert.fail(`${what} never came`);
    await pause(lookAgain);
  }
};
