// The demo as its own process: `zoop demo --json` prints where everything is in one line; it is ended by its own id.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const startTimeout = 60_000;

const binary = () => {
  const path = process.env.ZOOP_BIN;
  if (!path) throw new Error('ZOOP_BIN names no built zoop; `scripts/test e2e` builds one and sets it.');
  return resolve(path);
};

// What the person at this machine has set must not steer the demo.
const cleanEnv = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ZOOP_')));

/** Starts a demo with data of its own and gives what it printed, with `cli`, `ledger`, `mails`, `advance` and `stop`. */
export const startDemo = async () => {
  const data = await mkdtemp(join(tmpdir(), 'zoop-e2e-'));
  const child = spawn(binary(), ['demo', '--json', '--listen', '127.0.0.1:0', '--data', data], {
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { log = (log + text).slice(-200_000); });
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  const failed = new Promise((resolve) => child.once('error', (error) => resolve(error.message)));

  const lines = createInterface({ input: child.stdout });
  let timer;
  const first = await Promise.race([
    new Promise((resolve) => {
      lines.on('line', (line) => {
        if (!line.trimStart().startsWith('{')) return;
        try { resolve(JSON.parse(line)); } catch { resolve(`a line that is no JSON: ${line}`); }
      });
    }),
    exited.then((code) => `it ended (${code})`),
    failed,
    new Promise((resolve) => { timer = setTimeout(resolve, startTimeout, 'no line of JSON in a minute'); }),
  ]);
  clearTimeout(timer);
  if (typeof first === 'string') {
    child.kill('SIGKILL');
    await rm(data, { recursive: true, force: true });
    throw new Error(`zoop demo did not start: ${first}\n${log.slice(-4000)}`);
  }

  const base = new URL(first.base).origin;
  const stripe = new URL(first.stripe).origin;
  const mailbox = new URL(first.mailbox).origin;
  return {
    ...first,
    base,
    stripe,
    mailbox,
    data,
    log: () => log,
    /** Runs another zoop command on the demo's own data, beside it. */
    cli: async (...args) => {
      const env = {
        ...cleanEnv(),
        NO_COLOR: '1',
        ZOOP_BASE_URL: base,
        ZOOP_DATABASE_URL: `sqlite://${join(data, 'zoop.db')}`,
        // A command only queues mails; it is the demo that delivers them, into its mailbox.
        ZOOP_SMTP_URL: 'smtp://127.0.0.1:9',
        ZOOP_MAIL_FROM: 'office@zoop.example',
      };
      try {
        const { stdout, stderr } = await run(binary(), args, { env, timeout: 60_000 });
        return { code: 0, stdout, stderr };
      } catch (error) {
        if (typeof error.code !== 'number') throw error;
        return { code: error.code, stdout: error.stdout, stderr: error.stderr };
      }
    },
    /** Every charge that moved money, as the stand-in for Stripe has it; of one invoice, if named. */
    ledger: async (invoice) => {
      const reply = await fetch(`${stripe}/_sandbox/ledger`, {
        headers: { authorization: `Bearer ${first.stripe_secret_key}` },
      });
      if (!reply.ok) throw new Error(`ledger: ${reply.status} ${await reply.text()}`);
      const body = await reply.json();
      const entries = Array.isArray(body) ? body : body.data;
      return invoice ? entries.filter((entry) => entry.metadata?.invoice_id === invoice) : entries;
    },
    /** The mails of the mailbox, newest first: `to`, `subject`, `date`, `text`, `links`. */
    mails: async () => {
      const reply = await fetch(`${mailbox}/mails.json`);
      if (!reply.ok) throw new Error(`mails: ${reply.status} ${await reply.text()}`);
      return reply.json();
    },
    /** Moves the demo's time on; whatever falls due meanwhile is done when this returns. */
    advance: async (days) => {
      const reply = await fetch(`${stripe}/_sandbox/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ days }),
      });
      if (!reply.ok) throw new Error(`clock: ${reply.status} ${await reply.text()}`);
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
        await exited;
        clearTimeout(late);
      }
      lines.close();
      await rm(data, { recursive: true, force: true });
      if (/panicked at/.test(log)) throw new Error(`zoop panicked:\n${log.slice(-4000)}`);
    },
  };
};
