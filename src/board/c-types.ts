/**
 * `xfdnn.h` of a board kit: the types of its headers, with what each field means. It holds no data.
 * Source: docs/export.md.
 */
export const C_TYPES = `/* The types of a board kit of xfdnn export. docs/export.md explains them, docs/spec/overlay.md has the formulas. */
#ifndef XFDNN_H
#define XFDNN_H
#include <stdint.h>

/* The multiplier of a channel, and its bias in units of the accumulator (v3) or of the output (v2). */
typedef struct {
  int32_t prescale_shift, scale, postscale_shift;
  int64_t bias;
} xfdnn_channel;

/* A list of multipliers: one for each channel, or one for all. */
typedef struct {
  int count;
  const xfdnn_channel *channel;
} xfdnn_channels;

/* A value that the host quantizes: trunc(clip(x, -limit, limit) * factor) in float32. */
typedef struct {
  const char *floats; /* .npy of float32 */
  const char *codes;  /* .npy of its codes; NULL where no file holds them */
  float limit, factor;
  int bits;
} xfdnn_quantized;

/* An input of a layer. */
typedef struct {
  const char *codes;                /* .npy of the codes; NULL: quantized is read */
  const xfdnn_quantized *quantized; /* a float32 value of the host; NULL: codes are read */
  const xfdnn_channel *rescale;     /* from the grid of the codes to that of the layer; NULL: none */
  int bits;                         /* of the codes that the layer reads */
  int sign;                         /* -1: negated before they are summed */
} xfdnn_operand;

/* A value that a layer writes. */
typedef struct {
  const char *codes;      /* .npy of the golden codes */
  int bits;
  int channels_last;
  int channels;
  xfdnn_channels positive; /* count 0: the codes themselves */
  xfdnn_channels negative; /* count above 0: used instead where the result is below 0 */
  int floor, ceiling;      /* the codes that the activation lets through */
} xfdnn_result;

/* Windows of a convolution or a pooling: top and left padding; what lies outside the input counts as 0 (max pooling: not at all). */
typedef struct {
  int in_channels, out_channels, group;
  int kernel[2], stride[2], pad[2], dilation[2], input[2], output[2];
  int transposed, channels_last;
} xfdnn_windows;

typedef enum {
  XFDNN_WEIGHTED,
  XFDNN_ELTWISE_SUM,
  XFDNN_ELTWISE_MAX,
  XFDNN_MAX_POOL,
  XFDNN_AVERAGE_POOL,
  XFDNN_ACTIVATION,
  XFDNN_MOVE
} xfdnn_kind;

typedef struct {
  const char *name;
  xfdnn_kind kind;
  int bits_in;
  int operands;
  const xfdnn_operand *operand;
  int results;
  const xfdnn_result *result;
  const xfdnn_windows *windows; /* NULL: none */
  const int16_t *weights;       /* [output channel][input channel of the group][row][column]; NULL: none, or read weights_file */
  const char *weights_file;     /* .npy of them; NULL: none */
  const char *moves_file;       /* XFDNN_MOVE: .npy of int32; element i of the result is element moves[i] - 1 of the joined inputs, 0 where it is 0 */
} xfdnn_layer;

#endif
`;
