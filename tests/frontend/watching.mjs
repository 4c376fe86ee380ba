// What both clients share: `node CLIENT URL KEY UNIT AFTER`. Each update is a line of JSON on stdout; the lines `cut`
// and `resume` on stdin break the connection and allow the next one.

import { createInterface } from 'node:readline';

export const [url, key, unit, after] = process.argv.slice(2);

/** The clients read it again at each connection, so that a changed `after` resumes. */
export const request = {
  query: `subscription Every($unit: Unit!, $after: BigInt!) {
    balance(unit: $unit, after: $after, mode: EVERY) { kind sequence available posting { kind amount } }
  }`,
  variables: { unit, after },
};

export const sink = {
  next({ data, errors }) {
    if (errors) return fail(errors);
    request.variables.after = data.balance.sequence;
    say(data.balance);
  },
  error: fail,
  complete: () => fail('the server ended the feed'),
};

export function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function fail(problem) {
  say({ kind: 'FAILED', problem: String(problem?.message ?? problem?.reason ?? JSON.stringify(problem)) });
  process.exit(1);
}

/** Calls `cut` on demand; returns what to await before connecting again. */
export function obey(cut) {
  const resumes = [];
  createInterface({ input: process.stdin })
    .on('line', (command) => (command === 'cut' ? cut() : resumes.shift()?.()))
    .on('close', () => process.exit(0));
  return () =>
    new Promise((resolve) => {
      resumes.push(resolve);
      say({ kind: 'CUT' });
    });
}
