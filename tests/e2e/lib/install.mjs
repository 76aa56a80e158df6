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

// Free when it was looked at: another program may be quicker.
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
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      assert.doesNotMatch(said, /panicked at/);
    },
  };
};

const sendWebhooks = async (stripe, url) => {
  const reply = await fetch(`${stripe}/_sandbox/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, secret, connect: true }),
  });
  assert.ok(reply.ok, `webhook: ${reply.status} ${await reply.text()}`);
};

/** Starts `zoop serve`, which has to know its address beforehand, where nobody else listens; and waits for a set-up code. */
const serveSomewhere = async (settings) => {
  for (;;) {
    const address = `127.0.0.1:${await freePort()}`;
    const base = `http://${address}`;
    const serve = start(['serve', '--migrate'], { ...settings, ZOOP_BASE_URL: base, ZOOP_LISTEN: address });
    try {
      const [, code] = await until('a set-up code', () => /set-up code ([A-Z0-9-]+)|Another program listens/.exec(serve.said()));
      if (code) return { serve, base, code };
    } catch (error) {
      await serve.stop();
      throw new Error(`${error.message}\n${serve.said()}`, { cause: error });
    }
    await serve.ended;
  }
};

/** Starts them all; nobody has an account yet. Gives `base`, `stripe`, the set-up `code`, `mailed` and `stop`. */
export const startInstall = async () => {
  const data = await mkdtemp(join(tmpdir(), 'zoop-first-day-'));
  const smtp = await mailServer();
  const sandbox = start(['stripe-sandbox', '--listen', '127.0.0.1:0'], { ZOOP_STRIPE_SECRET_KEY: key });
  const running = [sandbox, smtp];
  const stop = async () => {
    await Promise.all(running.map((one) => one.stop()));
    await rm(data, { recursive: true, force: true });
  };
  try {
    const [stripe] = await until('the stand-in’s address', () => /http:\/\/127\.0\.0\.1:\d+(?=\/\s)/.exec(sandbox.said()));
    const { serve, base, code } = await serveSomewhere({
      ZOOP_DATABASE_URL: `sqlite://${join(data, 'zoop.db')}`,
      ZOOP_STRIPE_SECRET_KEY: key,
      ZOOP_STRIPE_WEBHOOK_SECRET: secret,
      ZOOP_STRIPE_API_BASE: stripe,
      ZOOP_STRIPE_CHECKOUT_ORIGIN: stripe,
      ZOOP_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
      ZOOP_MAIL_FROM: 'office@zoop.example',
    });
    running.push(serve);
    await sendWebhooks(stripe, `${base}/stripe/webhook`);
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
    throw new Error(`${error.message}\n${sandbox.said()}`, { cause: error });
  }
};
