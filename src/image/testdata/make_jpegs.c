// Writes the JPEGs that OpenCV cannot write:  cc make_jpegs.c -ljpeg -o /tmp/make_jpegs && /tmp/make_jpegs
//   cmyk.jpg         four inks
//   three_scans.jpg  each colour in a scan of its own, not progressive
//   arithmetic.jpg   arithmetic instead of Huffman codes
#include <stdio.h>

#include <jpeglib.h>

enum { kWidth = 30, kHeight = 20 };

static void use_three_scans(j_compress_ptr codec) {
  static const jpeg_scan_info kScans[] = {{1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
  codec->scan_info = kScans;
  codec->num_scans = 3;
}

static void use_arithmetic_codes(j_compress_ptr codec) { codec->arith_code = TRUE; }

static void use_defaults(j_compress_ptr codec) { (void)codec; }

static void write_jpeg(const char* name, int components, J_COLOR_SPACE colours, void (*set_up)(j_compress_ptr)) {
  struct jpeg_compress_struct codec;
  struct jpeg_error_mgr errors;
  FILE* file = fopen(name, "wb");
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  jpeg_stdio_dest(&codec, file);
  codec.image_width = kWidth;
  codec.image_height = kHeight;
  codec.input_components = components;
  codec.in_color_space = colours;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, 95, TRUE);
  set_up(&codec);
  jpeg_start_compress(&codec, TRUE);
  for (unsigned y = 0; y < kHeight; ++y) {
    JSAMPLE pixels[kWidth * 4];
    JSAMPROW row = pixels;
    for (unsigned i = 0; i < sizeof pixels; ++i) pixels[i] = (JSAMPLE)((y * sizeof pixels + i) * 7919u >> 3);
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  fclose(file);
}

int main(void) {
  write_jpeg("cmyk.jpg", 4, JCS_CMYK, use_defaults);
  write_jpeg("three_scans.jpg", 3, JCS_RGB, use_three_scans);
  write_jpeg("arithmetic.jpg", 3, JCS_RGB, use_arithmetic_codes);
  return 0;
}
