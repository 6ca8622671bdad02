# octet, the libraries that it loads, and nothing else: no shell, no package manager.
#   docker build --tag octet .
#   docker run --rm --user "$(id -u)" --volume "$PWD:/data" octet run yolox_nano.onnx --data coco --output out
FROM debian:12 AS build
COPY . /octet
WORKDIR /octet
# libarchive is linked statically: the part of it that octet uses needs no libxml2, whose ICU would be a third of the image.
RUN scripts/setup && \
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
      ca-certificates libacl1-dev libbz2-dev liblz4-dev liblzma-dev libzstd-dev nettle-dev
RUN cmake --preset release -DOCTET_TESTS=OFF -DOCTET_PACKAGE=OFF \
      -DLibArchive_LIBRARY=/usr/lib/$(gcc -print-multiarch)/libarchive.a \
      -DCMAKE_CXX_STANDARD_LIBRARIES="-Wl,--as-needed -lacl -lbz2 -llz4 -llzma -lzstd -lz -lnettle" && \
    cmake --build build/release --target octet && \
    scripts/image_root build/release/octet /image

FROM scratch
COPY --from=build /image /
WORKDIR /data
# Where downloads are kept, for a user whom the image does not know.
ENV HOME=/tmp
ENTRYPOINT ["/usr/bin/octet"]
