// A plan and an invoice of it for one test alone, made by the command line beside the running demo.
import assert from 'node:assert/strict';
import { cents } from './page.mjs';

const ok = ({ code, stdout, stderr }) => {
  assert.equal(code, 0, stderr);
  return stdout.trim();
};

const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A plan of the demo's customer whose first cycle is weeks away; its id. */
export const newPlan = async (demo, title, { price = '64.95', cap } = {}) => ok(await demo.cli(
  'plan', 'create', '--customer', demo.customer, '--title', title, '--frequency', 'monthly',
  '--starts-on', inDays(20), '--line', `Visit;1;${price}`, ...(cap ? ['--cap', cap] : []),
));

/** Bills a plan's next cycle today: an invoice as `freshInvoice` gives one. */
export const billPlan = async (demo, plan) => {
  const [id, number, amountText] = ok(await demo.cli('plan', 'run', '--plan', plan)).split(' ');
  return { demo, plan, id, number, amountText, amount: cents(amountText), url: `${demo.portal}/invoices/${id}` };
};

/** A plan with an invoice that is open. */
export const planInvoice = async (demo, title, terms) => billPlan(demo, await newPlan(demo, title, terms));

/** A plan that is charged to a card on file, by its id here, because the customer said so on the phone. */
export const attestedPlan = async (demo, title, method, terms) => {
  const plan = await newPlan(demo, title, terms);
  const consent = ok(await demo.cli(
    'consent', 'attest', '--plan', plan, '--method', method, '--by', 'Rosa Delgado', '--how', 'by phone',
  )).split(/\s/)[0];
  assert.match(consent, /^cns_/);
  return { plan, title, consent };
};
