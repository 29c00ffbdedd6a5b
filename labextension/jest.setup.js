// jsdom has none of these, every browser does.
globalThis.TextEncoder = require('util').TextEncoder;
globalThis.structuredClone = value => require('v8').deserialize(require('v8').serialize(value));
