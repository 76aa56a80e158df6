// The check must be able to fail: each fault below is one that it exists to find.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { check, missing } from './contract.mjs';
import { required } from './routes.mjs';

const customer = {
  id: 'cus_1', object: 'customer', address: null, balance: 0, created: 1789000000, currency: null, default_source: null,
  delinquent: false, description: null, discount: null, email: 'dana@example.com', invoice_prefix: 'ABCDEF12',
  invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
  livemode: false, metadata: { customer: 'cus' }, name: 'Dana Whitfield', phone: null, preferred_locales: [], shipping: null,
  tax_exempt: 'none', test_clock: null,
};
const refund = {
  id: 're_1', object: 'refund', amount: 16305, balance_transaction: null, charge: 'ch_1', created: 1789000000, currency: 'usd',
  metadata: {}, payment_intent: 'pi_1', customer: 'cus_1', customer_account: null, payment_method: 'pm_1', reason: 'duplicate', receipt_number: null, source_transfer_reversal: null,
  status: 'succeeded', transfer_reversal: null,
};
const create = (params, body = customer) => ({ method: 'POST', path: '/v1/customers', params, status: 200, body });
const refunded = (params, body = refund) => ({ method: 'POST', path: '/v1/refunds', params, status: 200, body });
const deleted = { id: 'cus_1', object: 'customer', deleted: true };
const event = {
  id: 'evt_1', object: 'event', api_version: '2026-10-28.endive', created: 1789000000, data: { object: refund },
  livemode: false, pending_webhooks: 1, request: { id: null, idempotency_key: null }, type: 'refund.created',
};
const attached = {
  id: 'pm_1', object: 'payment_method', billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
  created: 1789000000, customer: null, customer_account: null, livemode: false, metadata: {}, type: 'card',
};
const updated = {
  ...event, data: { object: attached, previous_attributes: { billing_details: { name: 'Dana' }, metadata: { a: null } } },
  type: 'payment_method.updated',
};
const declined = {
  error: { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' },
};

const good = [
  create({ email: 'dana@example.com', name: 'Dana Whitfield', metadata: { customer: 'cus' }, expand: { 0: 'tax', 1: 'sources' } }),
  { method: 'GET', path: '/v1/customers/cus_1', params: {}, status: 200, body: customer },
  { method: 'GET', path: '/v1/customers/cus_1', params: {}, status: 200, body: deleted },
  { method: 'GET', path: '/v1/customers?limit=3', params: { limit: '3', created: { gte: '1' } }, status: 200, body: { object: 'list', data: [customer], has_more: false, url: '/v1/customers' } },
  refunded({ payment_intent: 'pi_1', amount: '16305', reason: 'duplicate' }),
  { method: 'POST', path: '/v1/payment_intents/pi_1/confirm', params: { off_session: 'true', payment_method: 'pm_1' }, status: 402, body: declined },
  { method: 'POST', path: '/webhooks/stripe/acct_1', params: {}, status: 200, body: event },
  { method: 'POST', path: '/webhooks/stripe/acct_1', params: {}, status: 200, body: updated },
  { method: 'GET', path: '/_sandbox/ledger', params: {}, status: 200, body: [] },
];

const { email, ...noEmail } = customer;
const bad = {
  'a misspelt field of a reply': create({}, { ...noEmail, e_mail: email }),
  'a missing field of a reply': create({}, noEmail),
  'a field that Stripe does not have': create({}, { ...customer, vip: true }),
  'a wrongly typed field': refunded({}, { ...refund, amount: '16305' }),
  'a null where Stripe gives none': refunded({}, { ...refund, amount: null }),
  'an unknown value of an enum': refunded({}, { ...refund, reason: 'because' }),
  'a misspelt parameter': create({ emial: 'dana@example.com' }),
  'a parameter that is no number': refunded({ amount: '163.05 dollars' }),
  'a parameter with an unknown value': refunded({ reason: 'because' }),
  'a missing parameter': { method: 'POST', path: '/v1/payment_intents', params: { amount: '100' }, status: 402, body: declined },
  'an object in place of a list': { method: 'GET', path: '/v1/customers', params: {}, status: 200, body: customer },
  'a list of the wrong things': { method: 'GET', path: '/v1/customers', params: {}, status: 200, body: { object: 'list', data: [refund], has_more: false, url: '/v1/customers' } },
  'an event of an unknown type': { ...good[6], body: { ...event, type: 'refund.imagined' } },
  'an event that holds the wrong object': { ...good[6], body: { ...event, data: { object: customer } } },
  'an event that tells of an unknown field': { ...good[6], body: { ...updated, data: { object: attached, previous_attributes: { billing_details: { nom: 'Dana' } } } } },
  'an error without a type': { ...good[5], body: { error: { message: 'Your card was declined.' } } },
  'an error with an unknown field': { ...good[5], body: { error: { ...declined.error, declined_code: 'x' } } },
  'a call that Stripe does not have': { method: 'POST', path: '/v1/imaginations', params: {}, status: 200, body: {} },
};

test('what Stripe would say and accept passes', () => {
  const { failures, checked, skipped } = check(good, { name: 'self-good' });
  assert.deepEqual(failures, []);
  assert.equal(checked, 14);
  assert.equal(skipped, 1);
});

test('each fault is found, and at its own exchange', () => {
  const faults = Object.entries(bad);
  const { failures } = check(faults.map(([, exchange]) => exchange), { name: 'self-bad' });
  for (const [at, [what]] of faults.entries()) {
    assert.ok(failures.some(({ index }) => index === at), `not found: ${what}`);
  }
});

test('a recording that lacks a kind of object is refused', () => {
  assert.deepEqual(missing([]), Object.keys(required));
  const lacking = missing(good);
  assert.ok(!lacking.includes('customer') && !lacking.includes('error') && !lacking.includes('event'));
  assert.ok(lacking.includes('dispute') && lacking.includes('checkout.session (setup)'));
  // The sandbox's own pages prove nothing about Stripe.
  assert.deepEqual(missing([{ method: 'GET', path: '/_sandbox/x', params: {}, status: 200, body: customer }]), Object.keys(required));
});

test('the command fails on nothing, on an empty recording and on a lacking one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zoop-contract-'));
  const run = (exchanges) => {
    const file = join(folder, 'recorded.json');
    if (exchanges) writeFileSync(file, JSON.stringify(exchanges));
    const env = { ...process.env, ZOOP_CONTRACT_RECORDING: exchanges ? file : '' };
    return spawnSync(process.execPath, [fileURLToPath(new URL('check.mjs', import.meta.url))], { env, encoding: 'utf8' });
  };
  assert.equal(run(undefined).status, 2);
  assert.equal(run([]).status, 1);
  const partial = run(good);
  assert.equal(partial.status, 1);
  assert.match(partial.stderr, /lacks: .*dispute/);
  assert.match(partial.stdout, /0 kinds of failure/);
});
