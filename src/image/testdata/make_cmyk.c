// Writes cmyk.jpg, a JPEG of four inks:  cc make_cmyk.c -lturbojpeg && ./a.out
#include <stdio.h>
#include <turbojpeg.h>

int main(void) {
  enum { kWidth = 30, kHeight = 20 };
  unsigned char inks[kWidth * kHeight * 4];
  for (unsigned i = 0; i < sizeof inks; ++i) inks[i] = (unsigned char)(i * 7919u >> 3);
  unsigned char* file = NULL;
  unsigned long bytes = 0;
  if (tjCompress2(tjInitCompress(), inks, kWidth, 0, kHeight, TJPF_CMYK, &file, &bytes, TJSAMP_444, 95, 0) != 0) return 1;
  FILE* out = fopen("cmyk.jpg", "wb");
  return fwrite(file, 1, bytes, out) == bytes && fclose(out) == 0 ? 0 : 1;
}
