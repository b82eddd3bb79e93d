#!/usr/bin/env node
// The production entry: checks Node's version, then starts server/main.js. Nothing is imported before the check, and the syntax is old on
// purpose: native modules do not throw on an old Node, they crash, and a syntax error would be no clear sentence either.
const oldest = [22, 17];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(
    `Slipway needs Node.js ${oldest.join('.')} or newer, and this is ${process.versions.node}: ` +
      '"npm start" in this directory runs it on the Node.js that it brings along.',
  );
  process.exit(1);
}

import('./server/main.js').catch((error) => {
  console.error(error);
  process.exit(1);
});
