// The globals of Node that pngjs and jpeg-js use.
export { Buffer } from 'buffer/';
export { default as process } from 'process/browser';
