/*
 * A reading of docs/spec/overlay.md in C, on the headers of a board kit: every layer is computed from the golden codes of its
 * inputs and compared with its own. Compiled with -I KIT; run in the folder KIT. Ends with 1 where a code differs.
 */
#include "network.h"
#include "vectors/avgPool.h"
#include "vectors/interLayerV2.h"
#include "vectors/interLayerV3.h"
#include "vectors/quantizeBias.h"
#include "vectors/quantizeBiasV3.h"
#include "vectors/quantizeTensor.h"
#include "vectors/quantizeWeights.h"
#include "vectors/rsh.h"
#include "vectors/unquantizeTensor.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_v3;

static int64_t largest(int bits) { return ((int64_t)1 << (bits - 1)) - 1; }

static int64_t clamp_to(int64_t v, int bits) {
  int64_t hi = largest(bits);
  return v > hi ? hi : v < -hi - 1 ? -hi - 1 : v;
}

static int64_t rsh(int64_t v, int s) { return s > 0 ? ((v >> (s - 1)) + 1) >> 1 : v; }

static float clip(float x, float th) { return x > th ? th : x < -th ? -th : x; }

/* A threshold that is zero or denormal, or whose quotient is beyond float32, gives codes of 0. */
static float scaled(float th, int bits, float x) {
  if (!(th >= 0x1p-126f)) return 0;
  float factor = (float)largest(bits) / th;
  return isinf(factor) ? 0 : clip(x, th) * factor;
}

static int64_t half_away(float x) { return (int64_t)(x < 0 ? ceil((double)x - 0.5) : floor((double)x + 0.5)); }

static int64_t quantize_tensor(float th, int bits, float x) { return (int64_t)truncf(scaled(th, bits, x)); }
static int64_t quantize_weights(float th, int bits, float x) { return half_away(scaled(th, bits, x)); }

static int64_t quantize_bias_v3(float th_in, float th_param, int bits, float x, int bits_params) {
  float unit = th_in < 0x1p-126f || th_param < 0x1p-126f
    ? 0 : (th_param / (float)largest(bits_params)) * (th_in / (float)largest(bits));
  if (unit == 0) return 0;
  float limit = (bits == 8 ? 8388607.0f : 0x1p47f) * unit;
  int64_t code = half_away(clip(x, limit) / unit);
  return bits == 8 ? code : half_away((float)code / 65536.0f);
}

static float unquantize_tensor(float th, int bits, int64_t q) {
  return th < 0x1p-126f ? 0 : ((float)q / (float)largest(bits)) * th;
}

static int64_t inter_layer_v2(int pre, int64_t scale, int post, int bits, int64_t acc) {
  return clamp_to(rsh(clamp_to(rsh(acc, pre), bits) * scale, post), bits);
}

static int64_t inter_layer_v3(int pre, int64_t scale, int post, int bits_in, int bits_out, int64_t acc, int64_t bias) {
  int64_t v = bits_in == 8 ? acc + bias : clamp_to(rsh(acc + bias * 65536, pre), 24);
  return clamp_to(rsh(v * scale, post), bits_out);
}

static int64_t avg_pool(int64_t sum, float factor, int shift, int bits) {
  return clamp_to(rsh((int64_t)truncf((float)sum * factor), shift), bits);
}

/* An array of a .npy file, as whole numbers or floats. */
typedef struct {
  int64_t count, images;
  int64_t *whole;
  float *real;
} npy;

static npy load(const char *path) {
  FILE *file = fopen(path, "rb");
  unsigned char head[10];
  if (file == NULL || fread(head, 1, 10, file) != 10) { fprintf(stderr, "%s: cannot be read\n", path); exit(2); }
  int length = head[8] | head[9] << 8;
  char *text = calloc(1, length + 1);
  if (fread(text, 1, length, file) != (size_t)length) exit(2);
  npy a = {1, 0, NULL, NULL};
  for (char *at = strstr(text, "'shape': (") + 10; *at != ')';) {
    int64_t size = strtoll(at, &at, 10);
    if (a.images == 0) a.images = size;
    a.count *= size;
    while (*at == ',' || *at == ' ') at++;
  }
  int is_float = strstr(text, "<f4") != NULL;
  int bytes = is_float || strstr(text, "<i4") ? 4 : strstr(text, "<i2") ? 2 : 1;
  unsigned char *raw = malloc(a.count * bytes + 1);
  if (fread(raw, bytes, a.count, file) != (size_t)a.count) exit(2);
  if (is_float) a.real = malloc(a.count * sizeof(float) + 1);
  else a.whole = malloc(a.count * sizeof(int64_t) + 1);
  for (int64_t i = 0; i < a.count; i++) {
    if (is_float) memcpy(a.real + i, raw + 4 * i, 4);
    else if (bytes == 1) a.whole[i] = (signed char)raw[i];
    else if (bytes == 2) { int16_t v; memcpy(&v, raw + 2 * i, 2); a.whole[i] = v; }
    else { int32_t v; memcpy(&v, raw + 4 * i, 4); a.whole[i] = v; }
  }
  free(raw); free(text); fclose(file);
  return a;
}

static void release(npy a) { free(a.whole); free(a.real); }

static int64_t quantized(const xfdnn_quantized *q, float x) { return (int64_t)truncf(clip(x, q->limit) * q->factor); }

/* An input of a layer as codes on the layer's grid. */
static npy codes_of(const xfdnn_operand *operand) {
  npy a = load(operand->quantized ? operand->quantized->floats : operand->codes);
  if (operand->quantized) {
    a.whole = malloc(a.count * sizeof(int64_t) + 1);
    for (int64_t i = 0; i < a.count; i++) a.whole[i] = quantized(operand->quantized, a.real[i]);
  }
  const xfdnn_channel *r = operand->rescale;
  for (int64_t i = 0; r && i < a.count; i++)
    a.whole[i] = is_v3 ? inter_layer_v3(r->prescale_shift, r->scale, r->postscale_shift, operand->bits, operand->bits, a.whole[i], 0)
                       : inter_layer_v2(r->prescale_shift, r->scale, r->postscale_shift, operand->bits, a.whole[i]);
  return a;
}

static int64_t through(const xfdnn_channels *set, int channel, int bits_in, int bits, int64_t acc) {
  const xfdnn_channel *c = &set->channel[set->count == 1 ? 0 : channel];
  if (is_v3) return inter_layer_v3(c->prescale_shift, c->scale, c->postscale_shift, bits_in, bits, acc, c->bias);
  return clamp_to(inter_layer_v2(c->prescale_shift, c->scale, c->postscale_shift, bits, acc) + c->bias, bits);
}

static int64_t code_of(const xfdnn_layer *layer, const xfdnn_result *r, int channel, int64_t acc) {
  if (r->positive.count == 0) return acc;
  if (layer->kind == XFDNN_AVERAGE_POOL) {
    const xfdnn_channel *c = &r->positive.channel[r->positive.count == 1 ? 0 : channel];
    return avg_pool(acc, (float)c->scale, c->postscale_shift, r->bits);
  }
  int64_t y = through(&r->positive, channel, layer->bits_in, r->bits, acc);
  if (y < 0 && r->negative.count > 0) y = through(&r->negative, channel, layer->bits_in, r->bits, acc);
  return y < r->floor ? r->floor : y > r->ceiling ? r->ceiling : y;
}

static int64_t element(const xfdnn_windows *w, int channels, const int size[2], int channel, int y, int x) {
  return w->channels_last ? ((int64_t)y * size[1] + x) * channels + channel : ((int64_t)channel * size[0] + y) * size[1] + x;
}

/* The row or column of the input that a tap reads; -1: none. */
static int tap(const xfdnn_windows *w, int axis, int out, int k) {
  int at = out * w->stride[axis] - w->pad[axis] + k * w->dilation[axis];
  if (w->transposed) {
    at = out + w->pad[axis] - (w->kernel[axis] - 1 - k) * w->dilation[axis];
    if (at % w->stride[axis] != 0) return -1;
    at /= w->stride[axis];
  }
  return at >= 0 && at < w->input[axis] ? at : -1;
}

static int64_t window_sum(const xfdnn_layer *layer, const int16_t *weights, const int64_t *input, int channel, int oy, int ox) {
  const xfdnn_windows *w = layer->windows;
  int per_group = w->in_channels / w->group, group = channel / (w->out_channels / w->group);
  int64_t sum = layer->kind == XFDNN_MAX_POOL ? INT64_MIN : 0;
  for (int c = 0; c < per_group; c++)
    for (int ky = 0; ky < w->kernel[0]; ky++)
      for (int kx = 0; kx < w->kernel[1]; kx++) {
        int y = tap(w, 0, oy, ky), x = tap(w, 1, ox, kx);
        if (y < 0 || x < 0) continue;
        int64_t code = input[element(w, w->in_channels, w->input, group * per_group + c, y, x)];
        if (layer->kind == XFDNN_MAX_POOL) sum = code > sum ? code : sum;
        else if (layer->kind == XFDNN_AVERAGE_POOL) sum += code;
        else sum += code * weights[(((int64_t)channel * per_group + c) * w->kernel[0] + ky) * w->kernel[1] + kx];
      }
  return sum;
}

static int64_t *sums_of_windows(const xfdnn_layer *layer, const int64_t *input, int64_t count) {
  const xfdnn_windows *w = layer->windows;
  int64_t *sums = malloc(count * sizeof(int64_t) + 1);
  for (int c = 0; c < w->out_channels; c++)
    for (int y = 0; y < w->output[0]; y++)
      for (int x = 0; x < w->output[1]; x++)
        sums[element(w, w->out_channels, w->output, c, y, x)] = window_sum(layer, layer->weights, input, c, y, x);
  return sums;
}

/* The accumulators of an image, in the order of the result's elements. */
static int64_t *sums_of(const xfdnn_layer *layer, npy *inputs, int64_t image, int64_t count) {
  if (layer->windows) return sums_of_windows(layer, inputs[0].whole + image * (inputs[0].count / inputs[0].images), count);
  int64_t *sums = malloc(count * sizeof(int64_t) + 1);
  for (int64_t i = 0; i < count; i++) {
    sums[i] = layer->kind == XFDNN_ELTWISE_MAX ? INT64_MIN : 0;
    for (int k = 0; k < layer->operands; k++) {
      int64_t code = layer->operand[k].sign * inputs[k].whole[image * count + i];
      sums[i] = layer->kind != XFDNN_ELTWISE_MAX ? sums[i] + code : code > sums[i] ? code : sums[i];
    }
  }
  return sums;
}

/* Copies elements of the joined inputs into the joined results. */
static int64_t *moved(const npy *inputs, int operands, const npy *moves, int64_t image, int64_t first, int64_t count) {
  int64_t *codes = calloc(count + 1, sizeof(int64_t));
  for (int64_t i = 0; i < count; i++) {
    int64_t at = moves->whole[first + i] - 1;
    for (int k = 0; at >= 0 && k < operands; k++) {
      int64_t size = inputs[k].count / inputs[k].images;
      if (at < size) { codes[i] = inputs[k].whole[image * size + at]; break; }
      at -= size;
    }
  }
  return codes;
}

static int64_t differing(const xfdnn_layer *layer, const xfdnn_result *r, npy *inputs, const npy *moves, int64_t first) {
  npy golden = load(r->codes);
  int64_t count = golden.count / golden.images, wrong = 0;
  for (int64_t image = 0; image < golden.images; image++) {
    int64_t *sums = moves ? moved(inputs, layer->operands, moves, image, first, count) : sums_of(layer, inputs, image, count);
    for (int64_t i = 0; i < count; i++) {
      int channel = (int)(r->channels_last ? i % r->channels : i / (count / r->channels));
      wrong += code_of(layer, r, channel, sums[i]) != golden.whole[image * count + i];
    }
    free(sums);
  }
  release(golden);
  return wrong;
}

static int64_t check_layer(const xfdnn_layer *layer) {
  npy inputs[64], moves;
  int64_t wrong = 0, first = 0;
  for (int k = 0; k < layer->operands; k++) inputs[k] = codes_of(&layer->operand[k]);
  if (layer->moves_file) moves = load(layer->moves_file);
  for (int i = 0; i < layer->results; i++) {
    wrong += differing(layer, &layer->result[i], inputs, layer->moves_file ? &moves : NULL, first);
    npy written = load(layer->result[i].codes);
    first += written.count / written.images;
    release(written);
  }
  for (int k = 0; k < layer->operands; k++) release(inputs[k]);
  return wrong;
}

static int64_t check_input(const xfdnn_quantized *input) {
  npy floats = load(input->floats), codes = load(input->codes);
  int64_t wrong = 0;
  for (int64_t i = 0; i < codes.count; i++) wrong += quantized(input, floats.real[i]) != codes.whole[i];
  return wrong;
}

static int report(const char *what, int64_t wrong) {
  printf("%s %lld\n", what, (long long)wrong);
  return wrong != 0;
}

#define VECTORS(name, count, call) \
  { int64_t wrong = 0; \
    for (int i = 0; i < count; i++) { const double *v = xfdnn_##name[i]; const double result = (double)(call); \
      wrong += result != v[sizeof xfdnn_##name[0] / sizeof(double) - 1]; } \
    failed |= report("vectors/" #name, wrong); }

int main(void) {
  int failed = 0;
  is_v3 = strcmp(XFDNN_OVERLAY, "v3") == 0;
  VECTORS(rsh, XFDNN_RSH_COUNT, rsh((int64_t)v[0], (int)v[1]))
  VECTORS(quantizeTensor, XFDNN_QUANTIZETENSOR_COUNT, quantize_tensor((float)v[0], (int)v[1], (float)v[2]))
  VECTORS(quantizeWeights, XFDNN_QUANTIZEWEIGHTS_COUNT, quantize_weights((float)v[0], (int)v[1], (float)v[2]))
  VECTORS(quantizeBias, XFDNN_QUANTIZEBIAS_COUNT, quantize_weights((float)v[0], (int)v[1], (float)v[2]))
  VECTORS(quantizeBiasV3, XFDNN_QUANTIZEBIASV3_COUNT, quantize_bias_v3((float)v[0], (float)v[1], (int)v[2], (float)v[3], (int)v[4]))
  VECTORS(unquantizeTensor, XFDNN_UNQUANTIZETENSOR_COUNT, unquantize_tensor((float)v[0], (int)v[1], (int64_t)v[2]))
  VECTORS(interLayerV2, XFDNN_INTERLAYERV2_COUNT, inter_layer_v2((int)v[0], (int64_t)v[1], (int)v[2], (int)v[3], (int64_t)v[4]))
  VECTORS(interLayerV3, XFDNN_INTERLAYERV3_COUNT, inter_layer_v3((int)v[0], (int64_t)v[1], (int)v[2], (int)v[3], (int)v[3], (int64_t)v[4], (int64_t)v[5]))
  VECTORS(avgPool, XFDNN_AVGPOOL_COUNT, avg_pool((int64_t)v[0], (float)v[1], (int)v[2], (int)v[3]))
  for (int i = 0; i < XFDNN_INPUTS; i++) failed |= report("input", check_input(xfdnn_inputs[i]));
  for (int i = 0; i < XFDNN_LAYERS; i++) failed |= report(xfdnn_layers[i]->name, check_layer(xfdnn_layers[i]));
  return failed;
}
