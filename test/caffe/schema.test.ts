import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { netType, paramType } from '../../src/caffe/schema.js';

test('parameter messages by the name of their field', () => {
  assert.is(paramType('convolution_param')?.name, 'ConvolutionParameter');
  assert.is(paramType('name'), undefined);
  assert.is(paramType('no_such_param'), undefined);
  assert.is(paramType('toString'), undefined);
});

test('the numbers of messages with weights are those of the format', () => {
  const number = (type: string, field: string): number | undefined => netType().root.lookupType(type).fields[field]?.id;
  assert.equal(
    [
      number('caffe.NetParameter', 'layers'),
      number('caffe.NetParameter', 'layer'),
      number('caffe.LayerParameter', 'name'),
      number('caffe.LayerParameter', 'blobs'),
      number('caffe.V1LayerParameter', 'name'),
      number('caffe.V1LayerParameter', 'blobs'),
      number('caffe.V0LayerParameter', 'blobs'),
    ],
    [2, 100, 1, 7, 4, 6, 50],
  );
});

test.run();
