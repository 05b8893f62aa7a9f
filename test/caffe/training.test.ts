import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Layer } from '../../src/caffe/layer.js';
import { readPrototxt } from '../../src/caffe/prototxt.js';
import { dropTraining } from '../../src/caffe/training.js';

const read = (text: string) => readPrototxt(text, 'net');
const names = (layers: readonly Layer[]) => layers.map((layer) => layer.name).join(' ');

test('losses, accuracies, Silence and layers computed from labels alone are dropped', () => {
  const net = read(`
    layer { name: "d" type: "Data" top: "data" top: "label" }
    layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc" }
    layer { name: "aux" type: "InnerProduct" bottom: "data" top: "aux" }
    layer { name: "slice" type: "Slice" bottom: "label" top: "l1" top: "l2" }
    layer { name: "flat" type: "Flatten" bottom: "l1" top: "l1" }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "l1" top: "loss" }
    layer { name: "l1loss" type: "EuclideanLoss" bottom: "fc" bottom: "l2" }
    layer { name: "acc" type: "Accuracy" bottom: "fc" bottom: "label" top: "acc" }
    layer { name: "sink" type: "Silence" bottom: "aux" }
    layer { name: "prob" type: "Softmax" bottom: "fc" top: "prob" }`);
  const { layers, dropped, silenced } = dropTraining(net.layers);
  assert.is(names(layers), 'd fc aux prob');
  assert.is(names(dropped), 'slice flat loss l1loss acc sink');
  assert.equal([...silenced], ['aux']);
});

test.run();
