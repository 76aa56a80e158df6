// Playing the calendar, the bank and the Dashboard, by what the stand-in for Stripe obeys.
import assert from 'node:assert/strict';

const ask = async (demo, path, body) => {
  const reply = await fetch(`${demo.stripe}/_sandbox/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  assert.ok(reply.ok, `${path}: ${reply.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
};

const api = async (demo, path) => {
  const reply = await fetch(`${demo.stripe}/v1/${path}`, {
    headers: { authorization: `Bearer ${demo.stripe_secret_key}`, 'stripe-account': demo.stripe_account },
  });
  assert.ok(reply.ok, `${path}: ${reply.status}`);
  return reply.json();
};

/** Time goes by, and what falls due on the way is done when this returns. */
export const daysPass = (demo, days) => ask(demo, 'clock', { days });

/** Stripe's id of the card on file that ends in `last4`. */
const cardAtStripe = async (demo, last4) => {
  const { data } = await api(demo, 'customers?limit=100');
  for (const customer of data) {
    const { data: methods } = await api(demo, `customers/${customer.id}/payment_methods?limit=100`);
    const found = methods.find((method) => method.card?.last4 === last4);
    if (found) return found.id;
  }
  return assert.fail(`no card ending in ${last4} at Stripe`);
};

/** From now on the card's bank answers so; without a code it pays again. */
export const cardDeclines = async (demo, last4, code = null) =>
  ask(demo, `payment_methods/${await cardAtStripe(demo, last4)}/outcome`, { decline_code: code });

/** Somebody takes the card off the customer in Stripe's Dashboard. */
export const cardIsDetached = async (demo, last4) =>
  ask(demo, `payment_methods/${await cardAtStripe(demo, last4)}/detach`, {});
