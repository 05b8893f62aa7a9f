// What pngjs and jpeg-js take from Node; a page has neither.
export { Buffer } from 'buffer/';
export { default as process } from 'process/browser';
