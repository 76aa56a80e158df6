// Puts each recorded exchange into a TypeScript file as typed literals and lets the compiler judge it against
// the types that Stripe publishes: a missing, misspelt, superfluous or wrongly typed field is a failure.
// Stripe leaves its enums open (`'paid' | … | OtherString`); the copy made here closes them, so that a misspelt
// value is found too, and takes a Decimal as the string that it is in JSON.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { required, routeOf } from './routes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, 'node_modules');

/** Reads a recording: one JSON file, or all of a folder's. */
export const readRecording = (path) => {
  const files = statSync(path).isDirectory()
    ? readdirSync(path).filter((name) => name.endsWith('.json')).sort().map((name) => join(path, name))
    : [path];
  return files.flatMap((file) => {
    const found = JSON.parse(readFileSync(file, 'utf8'));
    if (!Array.isArray(found)) throw new Error(`${file} is not an array of exchanges`);
    return found;
  });
};

// A form's `a[0]=x&a[1]=y` may have been decoded as {"0": "x", "1": "y"}.
const asArrays = (value) => {
  if (Array.isArray(value)) return value.map(asArrays);
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.every((key, at) => key === String(at))) return keys.map((key) => asArrays(value[key]));
  return Object.fromEntries(keys.map((key) => [key, asArrays(value[key])]));
};

const everyObject = (value, seen = []) => {
  if (Array.isArray(value)) value.forEach((item) => everyObject(item, seen));
  else if (value !== null && typeof value === 'object') {
    seen.push(value);
    Object.values(value).forEach((item) => everyObject(item, seen));
  }
  return seen;
};

const isWebhook = (exchange) => exchange.body?.object === 'event' && !/\/v1\/events(\/|$)/.test(exchange.path);
const isOurs = (exchange) => !exchange.path.startsWith('/v1/') && !exchange.path.startsWith('/v2/') && !isWebhook(exchange);

/** What is to be checked: literals with their types, and what already fails without a compiler. */
export const literals = (exchanges) => {
  const found = [];
  const failures = [];
  let skipped = 0;
  exchanges.forEach((exchange, index) => {
    const { method, path, status, body } = exchange;
    const route = routeOf(method, path);
    const where = `${method} ${route?.path.replaceAll('{}', '{id}') ?? path.split('?')[0]} → ${status}`;
    if (isOurs(exchange)) { skipped += 1; return; }
    const add = (side, type, value, wrapped = type) => found.push({ index, where, side, type, wrapped, value });
    if (isWebhook(exchange)) {
      add('event', `Event "${body.type}"`, body, `EventOf<${JSON.stringify(body.type)}>`);
      return;
    }
    if (!route) {
      failures.push({ index, where, side: 'call', type: '', message: 'no type is known for this call: add it to routes.mjs' });
      return;
    }
    const params = exchange.params ?? {};
    // A request that Stripe refuses as malformed may be malformed; a declined card's may not.
    if (status < 400 || status === 402) {
      const name = `Stripe.${route.params}`;
      add('request', name, asArrays(params), `Form<${name}>`);
    }
    if (status >= 400) {
      add('reply', 'Stripe error', body, '{ error: StripeRawError }');
      const raw = body?.error ?? {};
      for (const field of ['type', 'message']) {
        if (typeof raw[field] !== 'string') failures.push({ index, where, side: 'reply', type: 'Stripe error', message: `error.${field} is missing` });
      }
    } else if (route.reply === 'Event') {
      add('reply', `Event "${body.type}"`, body, `EventOf<${JSON.stringify(body.type)}>`);
    } else {
      // A deleted customer is retrieved as such.
      const type = body?.deleted === true && !route.reply.startsWith('Deleted') ? `Deleted${route.reply}` : route.reply;
      const wrapped = type === 'ApiList<Stripe.Event>' ? 'Stripe.ApiList<ToldBefore<Stripe.Event>>' : undefined;
      add('reply', `Stripe.${type}`, body, wrapped);
    }
  });
  return { found, failures, skipped };
};

/** Names what a recording lacks. */
export const missing = (exchanges) => {
  const objects = exchanges.filter((exchange) => !isOurs(exchange)).flatMap((exchange) => everyObject(exchange.body));
  return Object.entries(required).filter(([, is]) => !objects.some(is)).map(([name]) => name);
};

const header = `import type { Stripe } from './stripe/stripe.esm.node.js';
import type { StripeRawError } from './stripe/Types.js';
type EventOf<T extends string> = ToldBefore<Extract<Stripe.Event, { type: T }>>;
// Of an object within an object, too, only the changed fields are told as they were before.
type Before<T> = T extends unknown[] ? T : T extends object ? { [K in keyof T]?: Before<T[K]> | null } : T;
type ToldBefore<E> = E extends { data: { previous_attributes?: infer P } }
  ? Omit<E, 'data'> & { data: Omit<E['data'], 'previous_attributes'> & { previous_attributes?: Before<P> } }
  : E;
// In a form every leaf is text.
type Form<T> =
  T extends null ? null | '' :
  T extends number ? number | \`\${number}\` :
  T extends boolean ? boolean | \`\${T}\` :
  T extends string | undefined ? T :
  T extends (infer U)[] ? Form<U>[] | '' :
  { [K in keyof T]: Form<T[K]> };
`;

const prepareTypes = (to) => {
  const version = readFileSync(join(modules, 'stripe', 'VERSION'), 'utf8').trim();
  const stamp = join(to, '.stamp');
  const wanted = `${version} 1`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return version;
  rmSync(to, { recursive: true, force: true });
  const from = join(modules, 'stripe', 'esm');
  cpSync(from, to, { recursive: true, filter: (path) => statSync(path).isDirectory() || path.endsWith('.d.ts') });
  const shared = join(to, 'shared.d.ts');
  const text = readFileSync(shared, 'utf8');
  const patched = text
    .replace(/^export type OtherString = .*;$/m, 'export type OtherString = never;')
    .replace(/^export \{ Decimal \} from .*;$/m, 'export type Decimal = string;');
  if (!/OtherString = never/.test(patched) || !/Decimal = string/.test(patched)) {
    throw new Error('Stripe changed shared.d.ts: the enums can no longer be closed');
  }
  writeFileSync(shared, patched);
  writeFileSync(stamp, wanted);
  return version;
};

// The compiler quotes whole types; the name of the field is what one needs.
const readable = (text) => text
  .replace(/'(\{[^']{60})[^']*'/g, (_, start) => `'${start} …'`)
  .replace(/Type '([^']{120})[^']*'/g, (_, start) => `Type '${start} …'`);

/** Runs the compiler over a recording and gives the failures, gathered by call, side and message. */
export const check = (exchanges, { name = 'recorded' } = {}) => {
  const { found, failures, skipped } = literals(exchanges);
  const work = join(modules, '.zoop-contract');
  mkdirSync(work, { recursive: true });
  const version = prepareTypes(join(work, 'stripe'));
  const lines = header.trimEnd().split('\n');
  const spans = [];
  for (const [at, item] of found.entries()) {
    spans.push({ start: lines.length + 1, item });
    lines.push(...`export const x${at}: ${item.wrapped} = ${JSON.stringify(item.value, null, 1) ?? 'undefined'};`.split('\n'));
  }
  writeFileSync(join(work, 'package.json'), '{"type":"module"}\n');
  writeFileSync(join(work, `${name}.ts`), `${lines.join('\n')}\n`);
  writeFileSync(join(work, `${name}.tsconfig.json`), JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, skipLibCheck: true, noErrorTruncation: false, exactOptionalPropertyTypes: true,
      target: 'es2023', module: 'nodenext', moduleResolution: 'nodenext', types: ['node'],
    },
    files: [`${name}.ts`],
  }));
  const require = createRequire(import.meta.url);
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  const run = spawnSync(process.execPath, [tsc, '--pretty', 'false', '-p', join(work, `${name}.tsconfig.json`)], {
    encoding: 'utf8', cwd: work, maxBuffer: 256 << 20,
  });
  if (run.error) throw run.error;
  let last;
  for (const line of `${run.stdout}${run.stderr}`.split('\n')) {
    const hit = /^(.*)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line);
    if (hit && hit[1].endsWith(`${name}.ts`)) {
      const number = Number(hit[2]);
      const span = spans.findLast(({ start }) => start <= number);
      const field = /^\s*"([^"]+)":/.exec(lines[number - 1] ?? '')?.[1];
      last = { ...span.item, field, message: readable(hit[5]) };
      failures.push(last);
    } else if (hit || /error TS\d+/.test(line)) {
      last = { where: 'compiler', side: 'set-up', type: '', message: line };
      failures.push(last);
    } else if (last && /^\s+\S/.test(line)) last.message += `\n${readable(line)}`;
  }
  if (run.status !== 0 && failures.length === 0) throw new Error(`tsc failed: ${run.stdout}${run.stderr}`);
  const grouped = new Map();
  for (const failure of failures) {
    const key = [failure.where, failure.side, failure.field, failure.message].join('\u0000');
    const known = grouped.get(key);
    if (known) known.count += 1;
    else grouped.set(key, { ...failure, count: 1 });
  }
  return { version, checked: found.length, skipped, exchanges: exchanges.length, failures: [...grouped.values()] };
};

export const print = ({ version, checked, skipped, exchanges, failures }) => {
  for (const { where, side, type, field, message, count, index } of failures) {
    const first = index === undefined ? '' : `, exchange ${index}`;
    console.log(`\n✗ ${where}: ${side}${type ? ` as ${type}` : ''}${field ? `, at "${field}"` : ''} (${count}×${first})`);
    console.log(message.split('\n').slice(0, 6).map((line) => `    ${line}`).join('\n'));
  }
  console.log(`\nstripe ${version}: ${exchanges} exchanges, ${checked} objects checked, ${skipped} of the sandbox's own calls left out, ${failures.length} kinds of failure`);
};
