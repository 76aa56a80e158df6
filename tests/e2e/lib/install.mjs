// An install as somebody sets one up: `zoop serve` on an empty database, the stand-in for Stripe and a mail server, each
// its own process or server, ended by its own id.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { until } from './until.mjs';

const key = 'sk_test_first_day';
const secret = 'whsec_first_day';

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};

/** A mail server that keeps what it is given. */
const mailServer = async () => {
  const mails = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, session, done) => {
      simpleParser(stream).then((mail) => { mails.push(mail); done(); }, done);
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return { mails, port: server.server.address().port, stop: () => new Promise((done) => { server.close(done); }) };
};

const start = (args, settings) => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ZOOP_')));
  const child = spawn(resolve(process.env.ZOOP_BIN), args, { env: { ...env, ...settings, NO_COLOR: '1' } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { said += text; });
  const ended = once(child, 'exit');
  return {
    said: () => said,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      assert.doesNotMatch(said, /panicked at/);
    },
  };
};

/** Starts them all; nobody has an account yet. Gives `base`, `stripe`, the set-up `code`, `mailed` and `stop`. */
export const startInstall = async () => {
  const data = await mkdtemp(join(tmpdir(), 'zoop-first-day-'));
  const smtp = await mailServer();
  const [port, stripePort] = [await freePort(), await freePort()];
  const [base, stripe] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${stripePort}`];
  const sandbox = start(['stripe-sandbox', '--listen', `127.0.0.1:${stripePort}`, '--webhook-url', `${base}/stripe/webhook`], {
    ZOOP_STRIPE_SECRET_KEY: key,
    ZOOP_STRIPE_WEBHOOK_SECRET: secret,
  });
  const serve = start(['serve', '--migrate'], {
    ZOOP_DATABASE_URL: `sqlite://${join(data, 'zoop.db')}`,
    ZOOP_BASE_URL: base,
    ZOOP_LISTEN: `127.0.0.1:${port}`,
    ZOOP_STRIPE_SECRET_KEY: key,
    ZOOP_STRIPE_WEBHOOK_SECRET: secret,
    ZOOP_STRIPE_API_BASE: stripe,
    ZOOP_STRIPE_CHECKOUT_ORIGIN: stripe,
    ZOOP_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    ZOOP_MAIL_FROM: 'office@zoop.example',
  });
  const stop = async () => {
    await Promise.all([serve.stop(), sandbox.stop(), smtp.stop()]);
    await rm(data, { recursive: true, force: true });
  };
  try {
    const [, code] = await until('a set-up code', () => /set-up code ([A-Z0-9-]+)/.exec(serve.said()));
    return {
      base,
      stripe,
      // Nothing here has a mailbox with pages; the suite's watch wants to know of one.
      mailbox: base,
      code,
      said: () => serve.said(),
      /** The first mail to `to` with such a subject; waits for it. */
      mailed: (to, subject) => until(`a mail ${subject} to ${to}`, () =>
        smtp.mails.find((mail) => mail.to.text.includes(to) && subject.test(mail.subject))),
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${serve.said()}\n${sandbox.said()}`);
  }
};
