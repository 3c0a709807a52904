#!/usr/bin/env node
// Stacks name source files and lines. Maps are read with their file, so they have to be wanted before the first.
process.setSourceMapsEnabled(true);
await import('../dist/bin.js');
