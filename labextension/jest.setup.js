// jsdom has none, every browser does.
globalThis.TextEncoder = require('util').TextEncoder;
