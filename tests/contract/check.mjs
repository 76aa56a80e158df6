// node check.mjs: the recording named by ZOOP_CONTRACT_RECORDING against Stripe's types.
import { existsSync } from 'node:fs';
import { check, missing, print, readRecording } from './contract.mjs';

const path = process.env.ZOOP_CONTRACT_RECORDING;
if (!path) {
  console.error('ZOOP_CONTRACT_RECORDING names no recording (a JSON file, or a folder of them).');
  process.exit(2);
}
if (!existsSync(path)) {
  console.error(`There is no recording at ${path}: no test wrote one.`);
  process.exit(1);
}
const exchanges = readRecording(path);
if (exchanges.length === 0) {
  console.error(`${path} holds no exchange: nothing was checked.`);
  process.exit(1);
}
const result = check(exchanges);
print(result);
const lacking = missing(exchanges);
if (lacking.length > 0) console.error(`The recording lacks: ${lacking.join(', ')}.`);
process.exit(result.failures.length > 0 || lacking.length > 0 || result.checked === 0 ? 1 : 0);
